//! The kinds of records: what tells them apart for the derives.

/// The kinds of records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Event,
    CountedUsage,
    CyclicReport,
    Simple,
}

/// A field that djelme adds to each document.
pub(crate) struct EnvelopeField {
    pub(crate) name: &'static str,
    /// The documentation of its handle.
    pub(crate) doc: &'static str,
    pub(crate) value: EnvelopeValue,
}

/// What such a field holds, and so the type of its handle.
#[derive(Clone, Copy)]
pub(crate) enum EnvelopeValue {
    Instant,
    TimeParts,
    Keyword,
}

/// The field of an event's time.
pub(crate) const TIMESTAMP: &str = "timestamp";
/// The field of a document's time parts.
pub(crate) const TIMEPARTS: &str = "timeseries_timeparts";
/// The field of a counted usage's session.
pub(crate) const SESSION: &str = "sessionhour_id";
/// The field of the cycle that a report covers.
pub(crate) const CYCLE: &str = "cycle_coverage";

const TIMESTAMP_FIELD: EnvelopeField = EnvelopeField {
    name: TIMESTAMP,
    doc: "When it happened; if the record does not say, when it was recorded.",
    value: EnvelopeValue::Instant,
};
const TIMEPARTS_FIELD: EnvelopeField = EnvelopeField {
    name: TIMEPARTS,
    doc: "The time of the record in parts, as the names of indexes have it.",
    value: EnvelopeValue::TimeParts,
};
const SESSION_FIELD: EnvelopeField = EnvelopeField {
    name: SESSION,
    doc: "The session that the usage belongs to.",
    value: EnvelopeValue::Keyword,
};
const CREATED_FIELD: EnvelopeField =
    EnvelopeField { name: "created", doc: "When the report was recorded.", value: EnvelopeValue::Instant };

/// Why only a counted usage can be a double click.
const NO_VISITOR: &str = "only a counted usage has a visitor";

impl Kind {
    /// Every kind.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 4] = [Self::Event, Self::CountedUsage, Self::CyclicReport, Self::Simple];

    /// The name of the derive, which is that of its trait too.
    pub(crate) fn derive(self) -> &'static str {
        match self {
            Self::Event => "EventRecord",
            Self::CountedUsage => "CountedUsageRecord",
            Self::CyclicReport => "CyclicReport",
            Self::Simple => "SimpleRecord",
        }
    }

    /// The name of core's variant.
    pub(crate) fn variant(self) -> &'static str {
        match self {
            Self::Event => "Event",
            Self::CountedUsage => "CountedUsage",
            Self::CyclicReport => "CyclicReport",
            Self::Simple => "Simple",
        }
    }

    /// A record of this kind, as messages call it.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Self::Event => "an event",
            Self::CountedUsage => "a counted usage",
            Self::CyclicReport => "a report",
            Self::Simple => "a simple record",
        }
    }

    /// The fields that djelme adds, in their order; a struct may have a `timestamp` of its own.
    pub(crate) fn envelope(self) -> &'static [EnvelopeField] {
        match self {
            Self::Event => &[TIMESTAMP_FIELD, TIMEPARTS_FIELD],
            Self::CountedUsage => &[TIMESTAMP_FIELD, SESSION_FIELD, TIMEPARTS_FIELD],
            Self::CyclicReport => &[CREATED_FIELD, TIMEPARTS_FIELD],
            Self::Simple => &[],
        }
    }

    /// Whether a record lies in the index of its period.
    pub(crate) fn is_timeseries(self) -> bool {
        self != Self::Simple
    }

    /// Whether a record has the time of an event.
    pub(crate) fn has_timestamp(self) -> bool {
        matches!(self, Self::Event | Self::CountedUsage)
    }

    /// The options that a record of this kind cannot have, each with the reason.
    pub(crate) fn impossible(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Event => &[("double_click", NO_VISITOR)],
            Self::CountedUsage => &[],
            Self::CyclicReport => &[("accept", "its cycle may be of any age"), ("double_click", NO_VISITOR)],
            Self::Simple => &[
                ("timedepth", "it has one index, and not one for each period"),
                ("template", "it has one index, which `app_label` and `recordtype_name` name"),
                ("expires_after", "its one index belongs to no period that ends"),
                ("accept", "it has no time"),
                ("double_click", NO_VISITOR),
            ],
        }
    }
}
