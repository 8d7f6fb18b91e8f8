//! What people wrote, as it is shown among our own words: grounds, titles, names, messages. It may hold anything.

use unicode_width::UnicodeWidthChar;

/// Put before each further line of what somebody wrote. No line of ours begins so.
const MARK: &str = "| ";

/// How far what is wrapped stands to the right of the line that it goes on.
const HANGING: &str = "  ";

/// A text without what makes a terminal do something, or a reader see something in another order.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|c| if acts(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Control characters, and those that order (UAX #9) or break (UAX #14) lines.
fn acts(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What somebody wrote, with a mark before each line but the first: it passes for no line of ours.
pub(crate) fn quoted(text: &str) -> String {
    let breaks = ['\n', '\u{b}', '\u{c}', '\r', '\u{85}', '\u{2028}', '\u{2029}'];
    let text = text.trim_end().replace("\r\n", "\n");
    let lines = text.split(breaks).map(|line| visible(&line.replace('\t', " ")));
    lines.collect::<Vec<_>>().join(&format!("\n{MARK}"))
}

/// A text in lines of at most so many columns. What goes on in another line stands further to the right there than
/// where its own line begins, so that it passes for none of its own.
pub(crate) fn wrapped(text: &str, columns: usize) -> String {
    text.split('\n').map(|line| wrapped_line(line, columns)).collect::<Vec<_>>().join("\n")
}

fn wrapped_line(line: &str, columns: usize) -> String {
    let indented = line.chars().take_while(|c| c.is_whitespace() || MARK.contains(*c)).count();
    let hanging = format!("{}{HANGING}", " ".repeat(indented));
    // Where there is no room to tell anything apart, the terminal wraps.
    if columns < 2 * hanging.len() {
        return line.to_owned();
    }
    let (mut filled, mut taken, mut space) = (String::new(), 0, None);
    for c in line.chars() {
        let width = c.width().unwrap_or(0);
        if taken + width > columns {
            // After a space of this line, if there is one to break after.
            let rest = match space.take() {
                Some(at) => filled.split_off(at),
                None => String::new(),
            };
            filled.truncate(filled.trim_end().len());
            filled += &format!("\n{hanging}{rest}");
            taken = hanging.len() + rest.chars().filter_map(UnicodeWidthChar::width).sum::<usize>();
        }
        filled.push(c);
        taken += width;
        if c == ' ' && taken > hanging.len() {
            space = Some(filled.len());
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_wrote_does_nothing_to_a_terminal() {
        assert_eq!(visible("合同\u{1b}[2J\u{202e}fdp.exe\n\t二"), "合同\u{fffd}[2J\u{fffd}fdp.exe\n\t二");
        for hidden in ['\u{61c}', '\u{200f}', '\u{2029}', '\u{2066}', '\u{9b}', '\u{7f}', '\0'] {
            assert_eq!(visible(&format!("a{hidden}b")), "a\u{fffd}b");
        }
    }

    #[test]
    fn a_second_line_of_what_somebody_wrote_is_marked_whatever_breaks_it() {
        assert_eq!(quoted("停业整顿"), "停业整顿");
        for between in ["\n", "\r\n", "\r", "\u{2028}", "\u{85}", "\u{b}"] {
            let text = format!("none{between}member 4 is readmitted\n");
            assert_eq!(quoted(&text), "none\n| member 4 is readmitted", "{between:?}");
        }
        assert_eq!(quoted("a\tb\n\n\u{202e}c"), "a b\n| \n| \u{fffd}c");
    }

    #[test]
    fn what_is_wrapped_stands_to_the_right_of_where_its_line_begins() {
        let text = "- a b\n   grounds: none member 4 is readmitted";
        let lines = "- a b\n   grounds: none\n     member 4 is\n     readmitted";
        assert_eq!(wrapped(text, 18), lines);
        assert_eq!(wrapped("理由：停业整顿成员四恢复", 12), "理由：停业整\n  顿成员四恢\n  复");
        for columns in 0..20 {
            let without = |text: &str| text.replace([' ', '\n'], "");
            assert_eq!(without(&wrapped(text, columns)), without(text), "{columns}");
        }
    }
}
