//! Porter's algorithm for English, as Lucene has it: that of 1980 with its author's two later rules (`bli`, `logi`).

/// A word that is being stemmed.
struct Word {
    letters: Vec<char>,
    /// How many letters come before the ending that was found.
    stem: usize,
}

/// Stems a word in lower case.
pub(super) fn stem(text: &mut String) {
    if text.chars().nth(2).is_none() {
        return;
    }
    let mut word = Word { letters: text.chars().collect(), stem: 0 };
    word.plural();
    word.past();
    word.final_y();
    word.double_suffixes();
    word.long_suffixes();
    word.short_suffixes();
    word.final_e();
    text.clear();
    text.extend(&word.letters);
}

/// The measure must be above 0 for these.
const DOUBLE: [(&str, &str); 21] = [
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("logi", "log"),
];
const LONG: [(&str, &str); 7] = [
    ("icate", "ic"),
    ("ative", ""),
    ("alize", "al"),
    ("iciti", "ic"),
    ("ical", "ic"),
    ("ful", ""),
    ("ness", ""),
];
/// The measure must be above 1 for these. An ending comes before those that it ends in.
const SHORT: [&str; 19] = [
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ion", "ou", "ism",
    "ate", "iti", "ous", "ive", "ize",
];

impl Word {
    fn is_consonant(&self, at: usize) -> bool {
        match self.letters[at] {
            'a' | 'e' | 'i' | 'o' | 'u' => false,
            'y' => at == 0 || !self.is_consonant(at - 1),
            _ => true,
        }
    }

    /// How many times consonants follow vowels in the stem.
    fn measure(&self) -> usize {
        let mut measure = 0;
        let mut vowel = false;
        let mut consonant = true;
        for at in 0..self.stem {
            // As `is_consonant`, without going back through a run of `y`.
            consonant = match self.letters[at] {
                'a' | 'e' | 'i' | 'o' | 'u' => false,
                'y' => at == 0 || !consonant,
                _ => true,
            };
            if consonant && vowel {
                measure += 1;
            }
            vowel = !consonant;
        }
        measure
    }

    fn has_vowel(&self) -> bool {
        (0..self.stem).any(|at| !self.is_consonant(at))
    }

    fn ends_in_double_consonant(&self, length: usize) -> bool {
        length >= 2 && self.letters[length - 1] == self.letters[length - 2] && self.is_consonant(length - 1)
    }

    /// Consonant, vowel, consonant at the end of so many letters, the last not `w`, `x` or `y`.
    fn ends_short(&self, length: usize) -> bool {
        length >= 3
            && self.is_consonant(length - 1)
            && !self.is_consonant(length - 2)
            && self.is_consonant(length - 3)
            && !matches!(self.letters[length - 1], 'w' | 'x' | 'y')
    }

    /// Whether the word ends so; the stem is then what comes before.
    fn ends(&mut self, ending: &str) -> bool {
        let Some(stem) = self.letters.len().checked_sub(ending.len()) else { return false };
        let found = self.letters[stem..].iter().copied().eq(ending.chars());
        if found {
            self.stem = stem;
        }
        found
    }

    fn replace(&mut self, by: &str) {
        self.letters.truncate(self.stem);
        self.letters.extend(by.chars());
    }

    /// `caresses`, `ponies`, `cats`.
    fn plural(&mut self) {
        if self.letters.last() != Some(&'s') {
            return;
        }
        if self.ends("sses") {
            self.replace("ss");
        } else if self.ends("ies") {
            self.replace("i");
        } else if self.letters[self.letters.len() - 2] != 's' {
            self.letters.pop();
        }
    }

    /// `agreed`, `plastered`, `motoring`.
    fn past(&mut self) {
        if self.ends("eed") {
            if self.measure() > 0 {
                self.letters.pop();
            }
            return;
        }
        if !((self.ends("ed") || self.ends("ing")) && self.has_vowel()) {
            return;
        }
        self.replace("");
        if self.ends("at") || self.ends("bl") || self.ends("iz") {
            self.letters.push('e');
        } else if self.ends_in_double_consonant(self.letters.len()) {
            if !matches!(self.letters.last(), Some('l' | 's' | 'z')) {
                self.letters.pop();
            }
        } else {
            self.stem = self.letters.len();
            if self.measure() == 1 && self.ends_short(self.stem) {
                self.letters.push('e');
            }
        }
    }

    fn final_y(&mut self) {
        if self.ends("y") && self.has_vowel() {
            self.replace("i");
        }
    }

    fn double_suffixes(&mut self) {
        self.first_of(&DOUBLE);
    }

    fn long_suffixes(&mut self) {
        self.first_of(&LONG);
    }

    fn first_of(&mut self, rules: &[(&str, &str)]) {
        for (ending, by) in rules {
            if self.ends(ending) {
                if self.measure() > 0 {
                    self.replace(by);
                }
                return;
            }
        }
    }

    fn short_suffixes(&mut self) {
        for ending in SHORT {
            if !self.ends(ending) {
                continue;
            }
            let whole = ending != "ion"
                || self.stem.checked_sub(1).is_some_and(|last| matches!(self.letters[last], 's' | 't'));
            if whole && self.measure() > 1 {
                self.replace("");
            }
            return;
        }
    }

    fn final_e(&mut self) {
        if self.ends("e") {
            let measure = self.measure();
            if measure > 1 || (measure == 1 && !self.ends_short(self.stem)) {
                self.replace("");
            }
        }
        let length = self.letters.len();
        self.stem = length;
        if self.letters.last() == Some(&'l') && self.ends_in_double_consonant(length) && self.measure() > 1 {
            self.letters.pop();
        }
    }
}
