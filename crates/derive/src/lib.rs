//! Derives of the conversions of the crate `berus`, which exports them as `berus::ToPython` and `berus::FromPython`.
//!
//! | Rust | Python |
//! | --- | --- |
//! | `struct Point { x: f64, y: f64 }` | a dict `{'x': 1.0, 'y': 2.0}`; from a dict, or any object with these attributes |
//! | `struct Metres(f64)` | what its field is |
//! | `struct Pair(f64, String)` | a tuple |
//! | `enum Shape { Empty, Circle(f64), Rect { w: f64, h: f64 } }` | `'Empty'`, `{'Circle': 1.0}`, `{'Rect': {'w': 1.0, 'h': 2.0}}` |
//!
//! A field has another name in Python by `#[python(rename = "name")]`, and may be missing by `#[python(default)]`, which
//! gives it the default of its type. A variant can be renamed, too.

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Error, Fields, Result, parse_macro_input, parse_quote};

mod from_python;
mod name;
mod to_python;

/// Implements `berus::ToPython`.
#[proc_macro_derive(ToPython, attributes(python))]
pub fn to_python(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    answer(implement(&input, &parse_quote!(::berus::ToPython), to_python::body))
}

/// Implements `berus::FromPython`.
#[proc_macro_derive(FromPython, attributes(python))]
pub fn from_python(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    answer(implement(&input, &parse_quote!(::berus::FromPython), from_python::body))
}

fn answer(made: Result<Tokens>) -> TokenStream {
    made.unwrap_or_else(Error::into_compile_error).into()
}

/// The implementation of `conversion`, with what `body` makes of the type, for all type parameters that can be converted.
fn implement(
    input: &DeriveInput,
    conversion: &syn::TraitBound,
    body: fn(&DeriveInput) -> Result<Tokens>,
) -> Result<Tokens> {
    if let Data::Union(union) = &input.data {
        return Err(Error::new(union.union_token.span, "a union cannot be converted"));
    }
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(syn::TypeParamBound::Trait(conversion.clone()));
    }
    let (implemented, parameters, wheres) = generics.split_for_impl();
    let (name, body) = (&input.ident, body(input)?);
    let conversion = &conversion.path;
    Ok(quote! {
        #[automatically_derived]
        impl #implemented #conversion for #name #parameters #wheres {
            #body
        }
    })
}

/// Variables for the values of the fields, which differ from all names that the derives use.
fn variables(fields: &Fields) -> Vec<syn::Ident> {
    (0..fields.len()).map(|n| format_ident!("__field{n}")).collect()
}

/// The pattern, or the expression, of a struct or variant `path` whose fields are in [`variables`].
fn structure(path: &Tokens, fields: &Fields) -> Tokens {
    let variables = variables(fields);
    match fields {
        Fields::Named(named) => {
            let names = named.named.iter().map(|field| &field.ident);
            quote!(#path { #(#names: #variables),* })
        }
        Fields::Unnamed(_) => quote!(#path(#(#variables),*)),
        Fields::Unit => quote!(#path),
    }
}
