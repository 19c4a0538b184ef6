//! National currencies, as ISO 4217 names them.

use super::amount::Scale;

/// Three capital letters that name a national currency (ISO 4217).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NationalCurrency([u8; 3]);

/// The currencies that people pay with, by their codes. None of metals, funds and tests.
const CURRENT: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD \
     CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ \
     GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR \
     LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN \
     PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB \
     TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW \
     ZWG";
/// Those whose amounts have no decimal places.
const WITHOUT_PLACES: [&[u8; 3]; 16] = [
    b"BIF", b"CLP", b"DJF", b"GNF", b"ISK", b"JPY", b"KMF", b"KRW", b"PYG", b"RWF", b"UGX", b"VND", b"VUV",
    b"XAF", b"XOF", b"XPF",
];
/// Those whose amounts have three.
const WITH_THREE_PLACES: [&[u8; 3]; 7] = [b"BHD", b"IQD", b"JOD", b"KWD", b"LYD", b"OMR", b"TND"];

impl NationalCurrency {
    /// Reads three capital letters, whether or not they name a currency now.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; 3] = text.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }

    /// Whether people pay with it now.
    pub fn is_current(&self) -> bool {
        CURRENT.split(' ').any(|code| code == self.as_str())
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many decimal places its amounts have.
    pub fn scale(self) -> Scale {
        let places = if WITHOUT_PLACES.contains(&&self.0) {
            0
        } else if WITH_THREE_PLACES.contains(&&self.0) {
            3
        } else {
            2
        };
        Scale::small(places)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_are_three_capital_letters() {
        assert_eq!(NationalCurrency::parse("EUR").unwrap().scale().places(), 2);
        assert_eq!(NationalCurrency::parse("JPY").unwrap().scale().places(), 0);
        assert_eq!(NationalCurrency::parse("KWD").unwrap().scale().places(), 3);
        for bad in ["", "EU", "eur", "EURO", "E1R", "ÉUR"] {
            assert!(NationalCurrency::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn those_that_people_pay_with_are_known() {
        let codes: Vec<_> = CURRENT.split(' ').collect();
        assert!(codes.is_sorted() && codes.iter().all(|code| NationalCurrency::parse(code).is_some()));
        for known in [WITHOUT_PLACES.as_slice(), &WITH_THREE_PLACES].concat() {
            assert!(NationalCurrency(*known).is_current(), "{known:?}");
        }
        for unknown in ["ZZZ", "XXX", "XTS", "XAU", "DEM"] {
            assert!(!NationalCurrency::parse(unknown).unwrap().is_current(), "{unknown}");
        }
    }
}
