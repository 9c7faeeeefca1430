//! What the derives generate, beside what they are given, and what they say of mistakes.

mod expansion;
mod mistakes;
