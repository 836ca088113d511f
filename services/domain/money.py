"""Money as whole minor units and a currency; never a float."""

from dataclasses import dataclass
from decimal import Decimal

# ISO 4217 currencies whose minor unit is not a hundredth.
_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF"), 0),
    **dict.fromkeys(("UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_CODE_LENGTH = 3


def minor_digits(currency: str) -> int:
    """Digits behind the decimal point: 2 for USD, 0 for JPY, 3 for KWD."""
    return _DIGITS.get(currency, 2)


@dataclass(frozen=True, order=True)
class Money:
    """`minor` is in the currency's smallest unit: 12345 USD is $123.45."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if len(self.currency) != _CODE_LENGTH or not self.currency.isupper():
            raise ValueError(f"{self.currency!r} is not an ISO 4217 code")

    @classmethod
    def from_decimal(cls, amount: Decimal, currency: str) -> "Money":
        """Raise ValueError where `amount` has more digits than the currency knows."""
        minor = amount.scaleb(minor_digits(currency))
        if minor != minor.to_integral_value():
            raise ValueError(f"{amount} has more digits than {currency} knows")
        return cls(int(minor), currency)

    def to_decimal(self) -> Decimal:
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))
