//! Words of the list of projects.

super::texts! {
    list_title = "项目库", "Projects";
    list_search_hint = "项目名称、单位、代码或编号；两个汉字或拼音首字母即可", "Name, unit, code or number: two characters or pinyin initials";
}
