//! A file of the repository, and its Rust code without comments, texts and tests.

use std::fs;

use crate::workspace::Workspace;

/// A text file.
pub struct Source {
    /// Where it is in the repository, with `/`.
    pub path: String,
    /// All of it.
    pub text: String,
    /// Rust only: comments and what stands in quotes are blank, lines stay where they are.
    pub code: String,
    /// Rust only: the code without what is compiled for tests alone.
    pub shipped: String,
}

impl Source {
    /// The file, or nothing if it is not there any more, no plain file, no text, or a fixture, which
    /// stays byte by byte as it came.
    pub fn read(workspace: &Workspace, path: &str) -> Result<Option<Self>, String> {
        let full = workspace.path(path);
        let is_fixture = path.starts_with("tests/fixtures/");
        if is_fixture || !fs::symlink_metadata(&full).is_ok_and(|metadata| metadata.is_file()) {
            return Ok(None);
        }
        let bytes =
            fs::read(&full).map_err(|error| format!("{path} could not be read: {error}."))?;
        let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
        Ok(text.map(|text| Self::new(path, &text)))
    }

    /// A file with this path and text.
    pub fn new(path: &str, text: &str) -> Self {
        let code = if path.ends_with(".rs") { without_quotes(text) } else { String::new() };
        let shipped = without_tests(&code);
        Self { path: path.into(), text: text.into(), code, shipped }
    }

    /// Whether the path ends with one of these.
    pub fn is(&self, endings: &[&str]) -> bool {
        endings.iter().any(|ending| self.path.ends_with(ending))
    }

    /// Whether the path lies in one of these folders, which end with `/`.
    pub fn is_in(&self, folders: &[&str]) -> bool {
        folders.iter().any(|folder| self.path.starts_with(folder))
    }
}

/// Where `wanted` stands as a word of its own, as numbers of lines.
pub fn lines_with(text: &str, wanted: &str) -> Vec<usize> {
    let joins = |letter: char| letter.is_alphanumeric() || letter == '_';
    let (first, last) = (wanted.starts_with(joins), wanted.ends_with(joins));
    let mut lines = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let stands_alone = |(at, _): (usize, &str)| {
            let before = line[..at].chars().next_back().is_some_and(joins);
            let after = line[at + wanted.len()..].chars().next().is_some_and(joins);
            !(first && before || last && after)
        };
        if line.match_indices(wanted).any(stands_alone) {
            lines.push(number + 1);
        }
    }
    lines
}

/// The Rust text with comments, strings and letters in quotes made blank.
fn without_quotes(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        let end = quoted_end(&letters, at);
        if end == at {
            code.push(letters[at]);
            at += 1;
            continue;
        }
        code.extend(letters[at..end].iter().map(|l| if *l == '\n' { '\n' } else { ' ' }));
        at = end;
    }
    code
}

/// Where the comment or literal that starts here ends; here, if none starts.
fn quoted_end(letters: &[char], at: usize) -> usize {
    let letter = |offset: usize| letters.get(at + offset).copied().unwrap_or('\n');
    let after_word = at > 0 && (letters[at - 1].is_alphanumeric() || letters[at - 1] == '_');
    match letter(0) {
        '/' if letter(1) == '/' => {
            letters[at..].iter().position(|l| *l == '\n').map_or(letters.len(), |n| at + n)
        }
        '/' if letter(1) == '*' => comment_end(letters, at),
        '"' => string_end(letters, at),
        'r' if !after_word || matches!(letters[at - 1], 'b' | 'c') => raw_end(letters, at),
        '\'' if letter(1) == '\\' => {
            let close = letters[at + 2..].iter().skip(1).position(|l| *l == '\'');
            close.map_or(letters.len(), |n| at + n + 4)
        }
        '\'' if letter(2) == '\'' => at + 3,
        _ => at,
    }
}

fn comment_end(letters: &[char], mut at: usize) -> usize {
    let mut depth = 0;
    while at < letters.len() {
        match (letters[at], letters.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at.min(letters.len())
}

fn string_end(letters: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < letters.len() && letters[at] != '"' {
        at += if letters[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(letters.len())
}

fn raw_end(letters: &[char], start: usize) -> usize {
    let hashes = letters[start + 1..].iter().take_while(|l| **l == '#').count();
    let open = start + 1 + hashes;
    if letters.get(open) != Some(&'"') {
        return start;
    }
    let closes = |at: &usize| {
        letters[*at] == '"'
            && letters[at + 1..].iter().take(hashes).filter(|l| **l == '#').count() == hashes
    };
    (open + 1..letters.len()).find(closes).map_or(letters.len(), |at| at + 1 + hashes)
}

/// The code, whose quotes are blank already, with every item under `#[cfg(test)]` made blank.
fn without_tests(code: &str) -> String {
    let mut shipped = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = ["#[cfg(test)]", "#[cfg(all(test,"]
        .iter()
        .filter_map(|attribute| rest.find(attribute))
        .min()
    {
        let (before, item) = rest.split_at(start);
        let (tested, after) = item.split_at(item_end(item));
        shipped.push_str(before);
        shipped.extend(tested.chars().map(|l| if l == '\n' { '\n' } else { ' ' }));
        rest = after;
    }
    shipped.push_str(rest);
    shipped
}

/// Where an item ends: after its `;` or its closing brace.
fn item_end(item: &str) -> usize {
    let mut depth = 0;
    for (at, letter) in item.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return at;
        }
        if depth == 0 && matches!(letter, ';' | '}') {
            // `use a::{b};` has both.
            return if item[at + 1..].starts_with(';') { at + 2 } else { at + 1 };
        }
    }
    item.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_comments_are_blank() {
        let code =
            without_quotes("a(\"x\\\"y\", 'z', '\\'', '\"') // b\n/* c /* d */ e */ f<'g>()");
        let words: Vec<&str> = code.split_whitespace().collect();
        assert_eq!(words.join(" "), "a( , , , ) f<'g>()");
        assert_eq!(code.lines().count(), 2);
    }

    #[test]
    fn raw_strings_are_blank_and_raw_names_are_not() {
        let code = without_quotes("r#\"a\"b\"# + br\"c\\\" + r#type + var\"d\"");
        assert_eq!(code.split_whitespace().collect::<Vec<_>>().join(" "), "+ b + r#type + var");
    }

    #[test]
    fn what_never_ends_ends_with_the_file() {
        for open in ["\"a", "r#\"a\"", "/* a", "// a", "'\\", "\"\\"] {
            assert_eq!(without_quotes(open).trim(), "", "{open}");
        }
    }

    #[test]
    fn items_for_tests_alone_are_not_shipped() {
        let code = "a();\n#[cfg(test)]\nmod tests {\n fn b() { c() }\n}\nd();\n\
                    #[cfg(test)]\n#[path = \"\"]\nmod e;\n#[cfg(all(test, unix))]\nuse f::{g};\nh();";
        let shipped = without_tests(code);
        assert_eq!(shipped.split_whitespace().collect::<Vec<_>>(), ["a();", "d();", "h();"]);
        assert_eq!(shipped.lines().count(), code.lines().count());
    }

    #[test]
    fn words_stand_alone() {
        assert_eq!(lines_with("fs\nfsx\nstd::fs;\n项fs", "fs"), [1, 3]);
        assert_eq!(lines_with("a.b()\na.bc()", ".b("), [1]);
    }
}
