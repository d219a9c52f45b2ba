//! One pass over the raw bytes that drops the files that can hold no finding.
