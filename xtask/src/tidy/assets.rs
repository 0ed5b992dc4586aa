//! A rule about what browsers are asked for: offices have Chromium 86 to 93.

use super::Breach;
use super::source::{Source, lines_with};

/// What came to style sheets after Chromium 86, with the version that brought it; not what only adds
/// polish and is passed over where it is not known.
const STYLES: [(&str, u32); 16] = [
    (":has(", 105),
    (":is(", 88),
    (":where(", 88),
    ("@container", 105),
    ("@layer", 99),
    ("@scope", 118),
    ("@starting-style", 117),
    ("aspect-ratio:", 88),
    ("color-mix(", 111),
    ("inset:", 87),
    ("inset-block", 87),
    ("inset-inline", 87),
    ("overflow: clip", 90),
    ("dvh", 108),
    ("svh", 108),
    ("&:", 112),
];

/// The same of scripts.
const SCRIPTS: [(&str, u32); 12] = [
    (".at(", 92),
    ("Object.hasOwn(", 93),
    ("structuredClone(", 98),
    (".findLast(", 97),
    (".toSorted(", 110),
    (".showPopover(", 114),
    ("Promise.withResolvers", 119),
    ("Array.fromAsync(", 121),
    (".checkVisibility(", 105),
    ("crypto.randomUUID(", 92),
    ("AbortSignal.timeout(", 103),
    ("Error.cause", 93),
];

/// A style sheet or a script of the pages asks for more than the oldest browser has.
pub fn too_new(source: &Source) -> Vec<Breach> {
    if !source.path.starts_with("crates/server/assets/") {
        return Vec::new();
    }
    let words: &[(&str, u32)] = match source.path.rsplit('.').next() {
        Some("css") => &STYLES,
        Some("js") => &SCRIPTS,
        _ => return Vec::new(),
    };
    let told = |(word, since): &(&str, u32)| {
        let what = format!("`{word}` came with Chromium {since}");
        lines_with(&source.text, word).into_iter().map(move |line| (line, what.clone()))
    };
    words.iter().flat_map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_oldest_browser_lacks_is_told() {
        let style =
            Source::new("crates/server/assets/style.css", "a {}\nli:has(a) { inset: 0; }\n");
        let found: Vec<usize> = too_new(&style).iter().map(|(line, _)| *line).collect();
        assert_eq!(found, [2, 2]);
        let script = Source::new("crates/server/assets/script.js", "rows.at(-1);\n");
        assert_eq!(too_new(&script).len(), 1);
        assert!(too_new(&Source::new("docs/a.css", "li:has(a) {}\n")).is_empty());
    }
}
