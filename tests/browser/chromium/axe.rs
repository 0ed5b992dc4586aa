//! What axe-core finds wrong with a page's accessibility.

use super::{Browser, target};

/// The success criteria of WCAG 2.2, levels A and AA. What axe only calls good practice is left out.
const RUN: &str = "
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const results = await axe.run(document, {runOnly: {type: 'tag', values: tags}});
    if (results.passes.length + results.violations.length === 0) throw new Error('nothing was checked');
    return results.violations.flatMap(({id, impact, help, nodes}) => nodes.map(
        node => `${id} (${impact}): ${help}: ${node.target.join(' ')} ${node.html}`));";

impl Browser {
    /// The violations on the page, a line for each element.
    pub async fn axe(&self) -> Vec<String> {
        let file = target().join("browser/npm/node_modules/axe-core/axe.min.js");
        let axe = std::fs::read_to_string(&file).unwrap_or_else(|error| {
            panic!("{}: {error}; `cargo xtask test browser` fetches it", file.display())
        });
        self.execute(&axe).await;
        let found = self.execute(&format!("return (async () => {{ {RUN} }})();")).await;
        serde_json::from_value(found).unwrap()
    }

    /// Fails if axe finds anything on the page.
    pub async fn is_accessible(&self) {
        let (found, path) = (self.axe().await, self.path().await);
        assert!(found.is_empty(), "{path}:\n{}", found.join("\n"));
    }
}
