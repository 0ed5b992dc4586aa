//! What is worth a second look in a project and no reason to refuse it.

use crate::codelist::{CodeLists, ListName};
use crate::credit_code::CreditCode;
use crate::fault::{Fault, Why};
use crate::project::Project;
use crate::project_code::ProjectCode;
use jiff::civil::Date;

/// The channel to which the negative list of 国办发〔2024〕52号 applies.
const SPECIAL_BOND: &str = "special_bond";

/// Words in a project's name that put it on the negative list: office buildings, showcase works,
/// most property, theme parks (国办发〔2024〕52号, annex).
const NEGATIVE_LIST: [&str; 12] = [
    "办公楼",
    "办公用房",
    "楼堂馆所",
    "培训中心",
    "形象工程",
    "政绩工程",
    "房地产",
    "商品房",
    "主题公园",
    "仿古城",
    "仿古街",
    "景观提升",
];

impl Project {
    /// The warnings, with pointers into the project's file; `day` decides which departments are in
    /// office. A code whose region differs from the project's is none: zones have codes of their
    /// own.
    pub fn warnings(&self, lists: &CodeLists, day: Date) -> Vec<Fault> {
        let mut warnings = Vec::new();
        if let Some(why) = self.facts.code.as_ref().and_then(ProjectCode::warning) {
            warnings.push(Fault::new("/code", why));
        }
        let owner = self.facts.owner_unit.as_ref();
        let credit_code = owner.and_then(|owner| owner.credit_code.as_ref());
        if let Some(why) = credit_code.and_then(CreditCode::warning) {
            warnings.push(Fault::new("/owner_unit/credit_code", why));
        }
        for (index, code) in self.facts.departments.iter().enumerate() {
            let entry = lists.entry(ListName::Departments, code.as_str());
            if let Some(entry) = entry.filter(|entry| !entry.is_valid_on(day)) {
                let successor = entry.successor.as_deref();
                let why = Why::DepartmentEnded {
                    name: entry.label.zh.clone(),
                    successor: successor
                        .map(|next| lists.name_on(ListName::Departments, next, day).to_owned()),
                };
                warnings.push(Fault::new(format!("/departments/{index}"), why));
            }
        }
        let listed = self.is_on_negative_list();
        for (index, funding) in self.funding.iter().enumerate() {
            if listed && funding.source.channel.as_str() == SPECIAL_BOND {
                let pointer = format!("/funding/{index}/channel");
                warnings.push(Fault::new(pointer, Why::SpecialBondNegativeList));
            }
        }
        warnings
    }

    /// Whether its name speaks of what special-bond money may not go to: special-bond money brings
    /// the warning [`Why::SpecialBondNegativeList`].
    pub fn is_on_negative_list(&self) -> bool {
        NEGATIVE_LIST.iter().any(|word| self.facts.name.contains(word))
    }
}
