//! From Rust to Python.

use proc_macro2::TokenStream as Tokens;
use quote::quote;
use syn::{Data, DeriveInput, Fields, Result};

use crate::name::Said;
use crate::{structure, variables};

/// The function `to_python`.
pub fn body(input: &DeriveInput) -> Result<Tokens> {
    let arms = match &input.data {
        Data::Struct(data) => {
            let pattern = structure(&quote!(Self), &data.fields);
            let value = value(&data.fields)?;
            quote!(#pattern => #value,)
        }
        Data::Enum(data) => {
            let mut arms = Tokens::new();
            for variant in &data.variants {
                let ident = &variant.ident;
                let name = Said::by(&variant.attrs)?.name(Some(ident));
                let pattern = structure(&quote!(Self::#ident), &variant.fields);
                let value = value(&variant.fields)?;
                arms.extend(match variant.fields {
                    Fields::Unit => quote!(#pattern => ::berus::ToPython::to_python(#name, py),),
                    _ => quote! {
                        #pattern => {
                            let value: ::berus::Result<::berus::Value> = #value;
                            let dict = ::berus::Dict::new(py)?;
                            dict.set(py, #name, value?)?;
                            ::berus::ToPython::to_python(dict, py)
                        }
                    },
                });
            }
            arms
        }
        Data::Union(_) => Tokens::new(),
    };
    Ok(quote! {
        fn to_python(self, py: &::berus::Python) -> ::berus::Result<::berus::Value> {
            match self { #arms }
        }
    })
}

/// The value in Python of fields that are in their variables.
fn value(fields: &Fields) -> Result<Tokens> {
    let variables = variables(fields);
    Ok(match fields {
        Fields::Named(named) => {
            let mut names = Vec::new();
            for field in &named.named {
                names.push(Said::by(&field.attrs)?.name(field.ident.as_ref()));
            }
            quote! {{
                let dict = ::berus::Dict::new(py)?;
                #(dict.set(py, #names, #variables)?;)*
                ::berus::ToPython::to_python(dict, py)
            }}
        }
        Fields::Unnamed(_) => match &*variables {
            [one] => quote!(::berus::ToPython::to_python(#one, py)),
            _ => quote!(::berus::ToPython::to_python((#(#variables,)*), py)),
        },
        Fields::Unit => quote!(::berus::ToPython::to_python((), py)),
    })
}
