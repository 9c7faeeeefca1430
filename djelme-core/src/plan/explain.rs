//! A plan in words.

use std::fmt;

use super::{IndexExpression, IndexPlan, Reason};

pub(super) struct Explain<'a> {
    pub(super) plan: &'a IndexPlan,
}

impl fmt::Display for Explain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(range) = self.plan.range {
            write!(f, "{range}: ")?;
        }
        let most = IndexPlan::MAX_EXPRESSIONS;
        match self.plan.reason {
            Reason::OneIndex => writeln!(f, "the type has one index")?,
            Reason::NoRange => writeln!(f, "no range was given, so every index of the type")?,
            Reason::TooManyYears => {
                writeln!(f, "more than {most} expressions even in whole years, so every index of the type")?;
            }
            Reason::Range { depth, from: None, until: None } => writeln!(f, "exact to the {depth}")?,
            Reason::Range { from, until, .. } => {
                let widened = [("start", "down", from), ("end", "up", until)];
                let widened = widened.into_iter().filter_map(|(end, way, depth)| Some((end, way, depth?)));
                for (place, (end, way, depth)) in widened.enumerate() {
                    let before = if place == 0 { "" } else { ", " };
                    write!(f, "{before}the {end} rounded {way} to the {depth}")?;
                }
                writeln!(f, ", because an exact cover takes more than {most} expressions")?;
            }
        }
        for expression in &self.plan.expressions {
            let why = match (expression, self.plan.reason) {
                (IndexExpression::Exactly(_), Reason::Range { .. }) => " (of coarser depth, if there is one)",
                _ => "",
            };
            writeln!(f, "  {expression}{why}")?;
        }
        Ok(())
    }
}
