//! The attribute `python`: names in Python, and what may be missing.

use syn::{Attribute, LitStr, Result};

/// What the attributes of a field or variant say.
#[derive(Default)]
pub struct Said {
    pub rename: Option<String>,
    pub default: bool,
}

impl Said {
    pub fn by(attributes: &[Attribute]) -> Result<Said> {
        let mut said = Said::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("python")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("rename") {
                    said.rename = Some(meta.value()?.parse::<LitStr>()?.value());
                } else if meta.path.is_ident("default") {
                    said.default = true;
                } else {
                    return Err(meta.error("`rename = \"name\"` or `default` expected"));
                }
                Ok(())
            })?;
        }
        Ok(said)
    }

    /// The name in Python of what is called `name` in Rust.
    pub fn name(&self, name: Option<&syn::Ident>) -> String {
        let own = name.map(ToString::to_string).unwrap_or_default();
        self.rename.clone().unwrap_or_else(|| own.strip_prefix("r#").unwrap_or(&own).to_string())
    }
}
