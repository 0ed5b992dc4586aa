//! Words of departments that wait to be verified.

super::texts! {
    departments_title = "待核责任单位", "Departments to verify";
    departments_text = "导入的台账中出现、单位名录里没有的责任单位，先按原名登记。名称属实的，核对后确认；实为名录中某单位的，并入该单位，今后台账再写此名即认作该单位。", "Departments that imported ledgers name and no list has are kept under their own names. Confirm those that are what they say; merge those that are a department of the list: the name stands for it from then on.";
    departments_none = "没有待核的责任单位。", "No department waits.";
    departments_waiting = "待核的责任单位", "Departments that wait";
    departments_name = "台账所写名称", "As ledgers write it";
    departments_nearest = "名录中相近的", "The most alike of the list";
    departments_is_new = "确为新单位", "It is a new one";
    departments_is_known = "实为名录中的单位", "It is one of the list";
    departments_better = "规范名称", "Its proper name";
    departments_confirm = "确认", "Confirm";
    departments_into = "并入", "Merge into";
    departments_merge = "并入该单位", "Merge";
}
