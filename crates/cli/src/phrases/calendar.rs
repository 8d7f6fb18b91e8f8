//! What is wrong with a calendar.

use super::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    (
        "a calendar is named by 1 to 32 lower-case letters, digits and hyphens, a letter first",
        "日历名称由 1 至 32 个小写字母、数字和连字符组成，以字母开头",
    ),
    ("not the identifier of a calendar", "不是日历名称"),
    ("not a date of the form YYYYMMDD", "不是 YYYYMMDD 形式的日期"),
    ("there is no such date", "没有这一天"),
    ("the date is not in the years 1970 to 9999", "日期不在 1970 年至 9999 年之间"),
    ("a date is written without a time of day", "日期不带时刻"),
    ("the date is not in the year", "日期不在该年"),
    ("the date is not among the settled days of the year", "日期不在该年已确定的日期之内"),
    ("a holiday has days off or make-up days in its year", "节日在该年应有放假日或调休上班日"),
    ("the last day off comes before the first", "放假的最后一日早于第一日"),
    ("the day is off for another holiday already", "该日已因另一节日放假"),
    ("a make-up day is a Saturday or Sunday", "调休上班日应为周六或周日"),
    ("a make-up day is not a day off", "调休上班日不能是放假日"),
    ("the year belongs to the calendar {}, not to {}", "该年属于日历 {0}，不属于 {1}"),
    ("revision {} of {} is in force, revision {} is not later", "{1} 年第 {0} 版已生效，第 {2} 版并不更新"),
];
