//! The rule about the records of decisions: `docs/adr/NNNN-title.md`, numbered without a gap.

const FOLDER: &str = "docs/adr/";

/// The records whose name or number is not what it should be.
pub fn misnamed(paths: &[String]) -> Vec<String> {
    let mut breaches = Vec::new();
    let mut numbers = Vec::new();
    for path in paths.iter().filter(|path| path.starts_with(FOLDER)) {
        match number(&path[FOLDER.len()..]) {
            Some(number) => numbers.push((number, path)),
            None => breaches.push(format!("{path}: is not named NNNN-title.md")),
        }
    }
    numbers.sort();
    let mut expected = 1;
    for (number, path) in numbers {
        if number != expected {
            let what = if number < expected { "is taken" } else { "leaves a gap" };
            breaches.push(format!("{path}: number {number:04} {what}"));
        }
        expected = number + 1;
    }
    breaches
}

fn number(name: &str) -> Option<u32> {
    let (number, title) = name.strip_suffix(".md")?.split_once('-')?;
    let plain = |l: char| l.is_ascii_lowercase() || l.is_ascii_digit() || l == '-';
    let well_named = !title.is_empty() && title.chars().all(plain);
    let digits = number.len() == 4 && number.chars().all(|l| l.is_ascii_digit());
    if well_named && digits { number.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str]) -> Vec<String> {
        let paths: Vec<String> = names.iter().map(|name| format!("{FOLDER}{name}")).collect();
        misnamed(&paths)
    }

    #[test]
    fn names_of_another_form_are_found() {
        for name in ["1-title.md", "0001.md", "0001-.md", "0001-Title.md", "0001-a b.md", "a.txt"] {
            assert_eq!(found(&[name]), [format!("docs/adr/{name}: is not named NNNN-title.md")]);
        }
    }

    #[test]
    fn numbers_taken_and_gaps_are_found() {
        assert_eq!(found(&["0002-a.md"]), ["docs/adr/0002-a.md: number 0002 leaves a gap"]);
        let twice = ["0001-a.md", "0001-b.md", "0002-c.md"];
        assert_eq!(found(&twice), ["docs/adr/0001-b.md: number 0001 is taken"]);
        assert_eq!(found(&["0001-a.md", "0003-c.md"]).len(), 1);
        assert!(found(&["0001-a.md", "0002-b-2.md"]).is_empty());
        assert!(found(&[]).is_empty());
    }

    #[test]
    fn other_folders_are_not_looked_at() {
        assert!(misnamed(&["docs/a.md".into()]).is_empty());
    }
}
