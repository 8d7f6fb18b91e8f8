//! Numbers on the command line.

use crate::complaints::NUMBER_WITHIN;
use crate::mistake::Mistake;

/// Reads a whole number from `least` to `most`.
pub(crate) fn within<N>(
    least: u64,
    most: u64,
) -> impl Fn(&str) -> Result<N, Mistake> + Clone + Send + Sync + 'static
where
    N: TryFrom<u64>,
{
    move |text| {
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        let number = number.and_then(|number| N::try_from(number).ok());
        number.ok_or_else(|| Mistake(NUMBER_WITHIN.with(&[&least, &most])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_outside_its_bounds_is_told_with_them() {
        let read = within::<u16>(1, 64);
        assert_eq!(read("64").ok(), Some(64));
        for wrong in ["0", "65", "-1", "1.5", "", "x", "99999999999999999999999"] {
            let mistake = read(wrong).map(|_| ()).map_err(|mistake| mistake.0.zh);
            assert_eq!(mistake, Err("应为 1 至 64 之间的数".to_owned()), "{wrong}");
        }
    }
}
