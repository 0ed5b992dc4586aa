//! The geometry of a Sankey diagram of two columns: where its nodes and bands lie. `charts-rs` draws
//! such diagrams too, but its bands lead nowhere; here each is a link to its projects.

/// The size of the drawing, and of what is in it.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 420.0;
const NODE: f64 = 14.0;
/// Between two nodes: a line of text.
const GAP: f64 = 20.0;
/// What is beside the nodes for their labels.
const MARGIN: f64 = 190.0;
/// The thinnest band that can be seen and hit.
const THINNEST: f64 = 1.5;

/// A band between two nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// The place of its node on the left, and on the right.
    pub from: usize,
    pub to: usize,
    /// How much flows; more than nothing.
    pub amount: i64,
}

/// Where a node lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Its upper left corner.
    pub x: f64,
    pub y: f64,
    /// Its size.
    pub width: f64,
    pub height: f64,
}

/// A drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// The nodes on the left, and on the right; one without bands has no height.
    pub left: Vec<Place>,
    pub right: Vec<Place>,
    /// The outline of each band, as the `d` of a path.
    pub bands: Vec<String>,
    /// The size of all of it.
    pub width: f64,
    pub height: f64,
}

/// Lays out bands between so many nodes on the left and so many on the right. The nodes keep their
/// order; a node is as high as its bands together, by one measure for all.
pub fn layout(left: usize, right: usize, bands: &[Band]) -> Drawing {
    let sums = |nodes: usize, node: fn(&Band) -> usize| {
        let mut sums = vec![0_i64; nodes];
        for band in bands {
            if let Some(sum) = sums.get_mut(node(band)) {
                *sum += band.amount;
            }
        }
        sums
    };
    let (sums_left, sums_right) = (sums(left, |band| band.from), sums(right, |band| band.to));
    let used = |sums: &[i64]| sums.iter().filter(|sum| **sum > 0).count();
    let gaps = used(&sums_left).max(used(&sums_right)).saturating_sub(1) as f64 * GAP;
    let all: i64 = bands.iter().map(|band| band.amount).sum();
    let unit = (HEIGHT - gaps).max(HEIGHT / 4.0) / all.max(1) as f64;
    // Thin bands are drawn thicker than they are, so that a column may grow beyond its measure.
    let thick = |band: &Band| (band.amount as f64 * unit).max(THINNEST);
    let column = |nodes: usize, node: fn(&Band) -> usize, x: f64| {
        let mut y = GAP;
        let place = |at: usize| {
            let height = bands.iter().filter(|band| node(band) == at).map(thick).sum();
            let place = Place { x, y, width: NODE, height };
            y += if height > 0.0 { height + GAP } else { 0.0 };
            place
        };
        (0..nodes).map(place).collect::<Vec<Place>>()
    };
    let left = column(left, |band| band.from, MARGIN);
    let right = column(right, |band| band.to, WIDTH - MARGIN - NODE);
    let bottom = left.iter().chain(&right).map(|place| place.y + place.height);
    let height = bottom.fold(GAP, f64::max) + GAP / 2.0;
    let path = |at: usize, band: &Band| {
        let before = |same: fn(&Band, &Band) -> bool, order: fn(&Band) -> usize| -> f64 {
            let above = bands.iter().enumerate().filter(|(other_at, other)| {
                same(band, other) && (order(other), *other_at) < (order(band), at)
            });
            above.map(|(_, other)| thick(other)).sum()
        };
        let start = left.get(band.from)?.y + before(|a, b| a.from == b.from, |band| band.to);
        let end = right.get(band.to)?.y + before(|a, b| a.to == b.to, |band| band.from);
        Some(outline(start, end, thick(band)))
    };
    let bands = bands.iter().enumerate().map(|(at, band)| path(at, band).unwrap_or_default());
    let bands = bands.collect();
    Drawing { left, right, bands, width: WIDTH, height }
}

/// A band from a height on the left to one on the right.
fn outline(start: f64, end: f64, thick: f64) -> String {
    let (from, to) = (MARGIN + NODE, WIDTH - MARGIN - NODE);
    let middle = (from + to) / 2.0;
    let (under_start, under_end) = (start + thick, end + thick);
    format!(
        "M{from:.1} {start:.1}C{middle:.1} {start:.1} {middle:.1} {end:.1} {to:.1} {end:.1}\
         V{under_end:.1}C{middle:.1} {under_end:.1} {middle:.1} {under_start:.1} \
         {from:.1} {under_start:.1}Z"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn band(from: usize, to: usize, amount: i64) -> Band {
        Band { from, to, amount }
    }

    #[test]
    fn nodes_are_as_high_as_their_bands_and_lie_apart() {
        let bands = [band(0, 0, 60), band(0, 1, 20), band(1, 1, 15), band(2, 1, 5)];
        let drawing = layout(3, 2, &bands);
        let unit = drawing.left[0].height / 80.0;
        for (place, amount) in drawing.left.iter().zip([80.0, 15.0, 5.0]) {
            assert!((place.height - amount * unit).abs() < 1e-9, "{place:?}");
        }
        for (place, amount) in drawing.right.iter().zip([60.0, 40.0]) {
            assert!((place.height - amount * unit).abs() < 1e-9, "{place:?}");
        }
        for column in [&drawing.left, &drawing.right] {
            for pair in column.windows(2) {
                assert!((pair[1].y - pair[0].y - pair[0].height - GAP).abs() < 1e-9);
            }
            let last = column.last().unwrap();
            assert!(last.y + last.height <= drawing.height);
        }
    }

    #[test]
    fn bands_of_a_node_do_not_overlap() {
        let bands = [band(0, 1, 30), band(0, 0, 10), band(1, 0, 10)];
        let drawing = layout(2, 2, &bands);
        let start = |at: usize| -> f64 {
            let rest = drawing.bands[at].strip_prefix("M204.0 ").unwrap();
            rest.split('C').next().unwrap().parse().unwrap()
        };
        // In the order of the nodes they lead to, whatever order they come in.
        let thick = drawing.left[0].height / 4.0;
        assert!((start(1) - drawing.left[0].y).abs() < 0.1);
        assert!((start(0) - start(1) - thick).abs() < 0.1, "{:?}", drawing.bands);
        assert!((start(2) - drawing.left[1].y).abs() < 0.1);
    }

    #[test]
    fn a_node_without_bands_takes_no_room_and_nothing_is_no_drawing() {
        let drawing = layout(3, 1, &[band(0, 0, 1), band(2, 0, 1)]);
        assert_eq!(drawing.left[1].height, 0.0);
        assert_eq!(drawing.left[1].y, drawing.left[2].y);
        let none = layout(2, 2, &[]);
        assert!(none.bands.is_empty() && none.height > 0.0);
        assert!(none.left.iter().chain(&none.right).all(|place| place.height == 0.0));
    }

    #[test]
    fn a_thin_band_can_be_seen() {
        let drawing = layout(2, 1, &[band(0, 0, 1_000_000), band(1, 0, 1)]);
        assert_eq!(drawing.left[1].height, THINNEST);
    }
}
