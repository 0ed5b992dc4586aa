//! What a file lists, in words: above its table, and in its name.

use super::listing::Listing;
use crate::page::show;
use jiff::civil::Date;
use shortboard_domain::codelist::{CodeLists, ListName};
use shortboard_domain::lang::Lang;
use shortboard_domain::money::Money;
use shortboard_store::Store;

/// Which projects a file lists, as of which day: 截至2026-11-24；阶段：储备、前期；地区：黑山县.
pub fn subtitle(listing: &Listing, store: &Store) -> String {
    let t = listing.t;
    let day = listing.day(store);
    let lists = store.lists();
    let mut parts = vec![about(listing, t.as_of(), day.to_string())];
    if let Some(time) = listing.query.when.known_at {
        parts.push(about(listing, t.file_known_at(), time.to_string()));
    }
    if listing.picked.is_empty() {
        let filters = filters(listing, &lists, day);
        if filters.is_empty() {
            parts.push(t.file_all().to_owned());
        }
        parts.extend(filters);
    } else {
        parts.push(t.file_picked().to_owned());
    }
    parts.join(if t.0 == Lang::Zh { "；" } else { "; " })
}

fn filters(listing: &Listing, lists: &CodeLists, day: Date) -> Vec<String> {
    let t = listing.t;
    let filter = &listing.query.filter;
    let label = |list, code: &str| show::label(lists, list, code, day, t);
    let words = |words: Vec<String>| show::listed(t, words);
    let wan = |amount: Option<Money>| {
        amount.map(|amount| show::wan(amount.fen().into())).unwrap_or_default()
    };
    let of =
        |list, codes: Vec<&str>| words(codes.into_iter().map(|code| label(list, code)).collect());
    let given = [
        (t.column_stage(), words(filter.stage.iter().map(|of| of.label(t.0).into()).collect())),
        (t.column_filing(), words(filter.filing.iter().map(|of| of.label(t.0).into()).collect())),
        (t.column_area(), of(ListName::Areas, filter.area.iter().map(|c| c.as_str()).collect())),
        (
            t.column_region(),
            of(ListName::Regions, filter.region.iter().map(|c| c.as_str()).collect()),
        ),
        (t.column_group(), of(ListName::Groups, filter.group.iter().map(|c| c.as_str()).collect())),
        (
            t.list_department(),
            of(ListName::Departments, filter.department.iter().map(|c| c.as_str()).collect()),
        ),
        (
            t.column_channels(),
            of(ListName::Channels, filter.channel.iter().map(|c| c.as_str()).collect()),
        ),
        (t.list_search(), filter.q.clone().unwrap_or_default()),
        (t.list_min(), wan(filter.min_investment)),
        (t.list_max(), wan(filter.max_investment)),
        (t.list_year(), words(filter.start_year.iter().map(ToString::to_string).collect())),
        (t.list_stayed_since(), filter.stayed_since.map(|day| day.to_string()).unwrap_or_default()),
        (t.list_author(), words(filter.author.clone())),
        (t.list_need(), words(filter.need.iter().map(|of| of.label(t.0).into()).collect())),
    ];
    let given = given.into_iter().filter(|(_, value)| !value.is_empty());
    given.map(|(name, value)| about(listing, name, value)).collect()
}

fn about(listing: &Listing, name: &str, value: String) -> String {
    let between = if listing.t.0 == Lang::Zh { "：" } else { ": " };
    format!("{name}{between}{value}")
}

/// The name of a file, and its header: the name in the reader's language, and one in ASCII for
/// programs that know no other (RFC 6266).
pub fn attachment(listing: &Listing, store: &Store, ending: &str) -> String {
    let day = listing.day(store);
    let name = format!("{}-{day}.{ending}", listing.t.file_name());
    let mut encoded = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' => encoded.push(byte.into()),
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"projects-{day}.{ending}\"; filename*=UTF-8''{encoded}")
}
