//! From Python to Rust.

use proc_macro2::TokenStream as Tokens;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Result};

use crate::name::Said;
use crate::{structure, variables};

/// The function `from_python`.
pub fn body(input: &DeriveInput) -> Result<Tokens> {
    let name = input.ident.to_string();
    let body = match &input.data {
        Data::Struct(data) => made(&quote!(Self), &data.fields)?,
        Data::Enum(data) => {
            let (mut units, mut others) = (Tokens::new(), Tokens::new());
            for variant in &data.variants {
                let ident = &variant.ident;
                let name = Said::by(&variant.attrs)?.name(Some(ident));
                let made = made(&quote!(Self::#ident), &variant.fields)?;
                match variant.fields {
                    Fields::Unit => units.extend(quote!(#name => return #made,)),
                    _ => others.extend(quote! {
                        #name => {
                            let value = &value.get::<::berus::Value>(py, #name)?;
                            return #made;
                        }
                    }),
                }
            }
            quote! {
                match ::berus::derived::Variant::of(value, py)? {
                    ::berus::derived::Variant::Unit(variant) => match variant.as_str() { #units _ => {} },
                    ::berus::derived::Variant::Holding(variant) => match variant.as_str() { #others _ => {} },
                    ::berus::derived::Variant::None => {}
                }
                ::core::result::Result::Err(::berus::Error::value_error(::core::concat!("not a variant of ", #name)))
            }
        }
        Data::Union(_) => Tokens::new(),
    };
    Ok(quote! {
        #[allow(unreachable_code, unused_variables)]
        fn from_python(value: &::berus::Value, py: &::berus::Python) -> ::berus::Result<Self> {
            #body
        }
    })
}

/// A `Result` of the struct or variant `path`, with fields out of `value`.
fn made(path: &Tokens, fields: &Fields) -> Result<Tokens> {
    let variables = variables(fields);
    let made = structure(path, fields);
    let taken = match fields {
        Fields::Named(named) => {
            let mut taken = Tokens::new();
            for (field, variable) in named.named.iter().zip(&variables) {
                let said = Said::by(&field.attrs)?;
                let name = said.name(field.ident.as_ref());
                taken.extend(if said.default {
                    quote!(let #variable = ::berus::derived::field(value, py, #name)?.unwrap_or_default();)
                } else {
                    quote!(let #variable = ::berus::derived::required_field(value, py, #name)?;)
                });
            }
            taken
        }
        Fields::Unnamed(_) => match &*variables {
            [one] => quote!(let #one = value.to(py)?;),
            _ => quote!(let (#(#variables,)*) = value.to(py)?;),
        },
        Fields::Unit => Tokens::new(),
    };
    Ok(quote! {{
        #taken
        ::core::result::Result::Ok(#made)
    }})
}
