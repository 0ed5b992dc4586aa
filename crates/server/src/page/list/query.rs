//! The query of the list, the same as the API's, and what a form makes of it.

use crate::page::form::Form;
use crate::page::visit;
use shortboard_domain::written;

/// Which fields of the list's forms are not the API's: amounts in 万元.
const IN_WAN: [(&str, &str); 2] = [("min_wan", "min_investment"), ("max_wan", "max_investment")];

/// The address that says the same as a form's query, when it is another: nothing blank, several
/// values of one name as a comma list, amounts in yuan.
pub fn canonical(path: &str, query: &Form) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in &query.0 {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let mut plain = Vec::new();
    for name in names {
        let value = query.all(name).collect::<Vec<_>>().join(",");
        if value.is_empty() {
            continue;
        }
        match IN_WAN.iter().find(|(wan, _)| *wan == name) {
            Some((_, yuan)) => match written::wan(&value) {
                Ok(amount) => plain.push(((*yuan).to_owned(), amount.to_string())),
                // The list says what is wrong with it.
                Err(_) => plain.push(((*yuan).to_owned(), value)),
            },
            None => plain.push((name.to_owned(), value)),
        }
    }
    let plain = Form(plain);
    (plain != *query).then(|| visit::address(path, &plain))
}

/// The address of the list with some parameters set otherwise; blank takes one away. It begins at
/// the first page.
pub fn with(query: &Form, changes: &[(&str, &str)]) -> String {
    let mut names: Vec<&str> = changes.iter().map(|(name, _)| *name).collect();
    names.extend(["cursor", "past", "done"]);
    let mut next = query.without(&names);
    let set = changes.iter().filter(|(_, value)| !value.is_empty());
    next.0.extend(set.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    visit::address("/projects", &next)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(query: &str) -> Form {
        Form::read(query.as_bytes()).unwrap()
    }

    #[test]
    fn what_a_form_sends_becomes_the_query_of_the_api() {
        let address = |query: &str| canonical("/projects", &form(query));
        assert_eq!(address("stage=reserve&q=%E8%B7%AF"), None);
        assert_eq!(address("stage=&q=+"), Some("/projects".into()));
        assert_eq!(
            address("stage=reserve&stage=concept&min_wan=1,000"),
            Some("/projects?stage=reserve%2Cconcept&min_investment=10000000.00".into())
        );
        assert_eq!(address("min_wan=much"), Some("/projects?min_investment=much".into()));
    }

    #[test]
    fn another_filter_begins_at_the_first_page() {
        let query = form("stage=reserve&area=water&cursor=x&past=y");
        assert_eq!(with(&query, &[("stage", "")]), "/projects?area=water");
        assert_eq!(with(&query, &[("stage", "concept")]), "/projects?area=water&stage=concept");
    }
}
