//! The names that serde gives to fields: `rename_all`.

/// A rule of `#[serde(rename_all = "..")]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RenameRule {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl RenameRule {
    /// The rule of this name. serde itself reports an unknown one.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "lowercase" => Self::Lower,
            "UPPERCASE" => Self::Upper,
            "PascalCase" => Self::Pascal,
            "camelCase" => Self::Camel,
            "snake_case" => Self::Snake,
            "SCREAMING_SNAKE_CASE" => Self::ScreamingSnake,
            "kebab-case" => Self::Kebab,
            "SCREAMING-KEBAB-CASE" => Self::ScreamingKebab,
            _ => return None,
        })
    }

    /// What serde makes of a field's name, which it takes to be in snake case.
    pub(crate) fn apply(self, field: &str) -> String {
        match self {
            Self::Lower | Self::Snake => field.to_owned(),
            Self::Upper | Self::ScreamingSnake => field.to_ascii_uppercase(),
            Self::Pascal => pascal(field),
            Self::Camel => {
                let pascal = pascal(field);
                let first = pascal.chars().next().map_or(0, char::len_utf8);
                pascal[..first].to_ascii_lowercase() + &pascal[first..]
            }
            Self::Kebab => field.replace('_', "-"),
            Self::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }
}

fn pascal(field: &str) -> String {
    let mut capital = true;
    let mut pascal = String::with_capacity(field.len());
    for character in field.chars() {
        if character == '_' {
            capital = true;
        } else {
            pascal.push(if capital { character.to_ascii_uppercase() } else { character });
            capital = false;
        }
    }
    pascal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_give_the_names_that_serde_gives() {
        let rules = [
            ("lowercase", "dep_delay", "i_d"),
            ("UPPERCASE", "DEP_DELAY", "I_D"),
            ("PascalCase", "DepDelay", "ID"),
            ("camelCase", "depDelay", "iD"),
            ("snake_case", "dep_delay", "i_d"),
            ("SCREAMING_SNAKE_CASE", "DEP_DELAY", "I_D"),
            ("kebab-case", "dep-delay", "i-d"),
            ("SCREAMING-KEBAB-CASE", "DEP-DELAY", "I-D"),
        ];
        for (name, first, second) in rules {
            let rule = RenameRule::parse(name).unwrap();
            assert_eq!(rule.apply("dep_delay"), first, "{name}");
            assert_eq!(rule.apply("i_d"), second, "{name}");
        }
        assert_eq!(RenameRule::parse("Snake"), None);
    }
}
