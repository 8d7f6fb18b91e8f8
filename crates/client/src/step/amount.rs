//! Amounts of money and shares, as people write them.

/// Parts of a whole.
const WHOLE_PPM: u64 = 1_000_000;

/// Money in minor units: digits with as many decimals as the currency has, the currency behind it or not.
pub(super) fn minor_units(text: &str, currency: &str) -> Option<u64> {
    let number = text.strip_suffix(currency).unwrap_or(text).trim_end();
    fixed_point(number, decimals(currency))
}

/// A share in parts per million: `12.5%`, or `125000ppm`; at most the whole.
pub(super) fn parts_per_million(text: &str) -> Option<u32> {
    let ppm = match (text.strip_suffix('%'), text.strip_suffix("ppm")) {
        (Some(percent), _) => fixed_point(percent.trim_end(), 4)?,
        (None, Some(ppm)) => fixed_point(ppm.trim_end(), 0)?,
        (None, None) => return None,
    };
    u32::try_from(ppm).ok().filter(|_| ppm <= WHOLE_PPM)
}

/// A number with at most so many decimals, in units of the last of them.
fn fixed_point(text: &str, decimals: u32) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
    let is_number = !whole.is_empty() && digits(whole) && digits(part) && text.ends_with(|c| c != '.');
    let missing = decimals.checked_sub(u32::try_from(part.len()).ok()?)?;
    if !is_number {
        return None;
    }
    let digits: u64 = format!("{whole}{part}").parse().ok()?;
    digits.checked_mul(10_u64.checked_pow(missing)?)
}

/// Decimals of a currency, by ISO 4217: two, but for these.
fn decimals(currency: &str) -> u32 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_in_whole_units_with_decimals() {
        for (text, minor) in
            [("5000000", 500_000_000), ("0.05", 5), ("1.5", 150), ("12.34 CNY", 1234), ("7CNY", 700)]
        {
            assert_eq!(minor_units(text, "CNY"), Some(minor), "{text}");
        }
        assert_eq!(minor_units("100", "JPY"), Some(100));
    }

    #[test]
    fn what_is_not_money_is_refused() {
        for text in
            ["", ".", "1.", ".5", "1.005", "-1", "1,000", "1e3", "5 USD", "１", "18446744073709551615"]
        {
            assert_eq!(minor_units(text, "CNY"), None, "{text}");
        }
    }

    #[test]
    fn shares_are_written_in_percent_or_parts_per_million() {
        for (text, ppm) in [("100%", 1_000_000), ("12.5 %", 125_000), ("0.0001%", 1), ("250000ppm", 250_000)]
        {
            assert_eq!(parts_per_million(text), Some(ppm), "{text}");
        }
        for text in ["", "%", "101%", "1000001ppm", "0.00001%", "50", "-1%"] {
            assert_eq!(parts_per_million(text), None, "{text}");
        }
    }
}
