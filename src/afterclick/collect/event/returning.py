"""Whether a referring host is one that customers only come back from: the site's own, or a payment provider's.

A list of our own, by whole names: a site is met with all hosts under it. Own hosts are all those under the registrable
domain of the page, by the public suffix list that the package `publicsuffixlist` carries (https://publicsuffix.org).
"""

from functools import lru_cache
from ipaddress import ip_address

from publicsuffixlist import PublicSuffixList

_REMEMBERED = 20_000

_PAYMENT = """
    paypal.com paypalobjects.com stripe.com stripe.network klarna.com klarnacdn.net adyen.com adyenpayments.com
    checkout.com mollie.com worldpay.com sagepay.com opayo.eu.elavon.com squareup.com braintreegateway.com
    braintreepayments.com authorize.net cybersource.com cardinalcommerce.com arcot.com 3dsecure.io
    securesuite.net afterpay.com clearpay.co.uk affirm.com sezzle.com pay.amazon.com payments.amazon.com
    pay.google.com payments.google.com appleid.apple.com giropay.de sofort.com paydirekt.de wero-wallet.eu
    ideal.nl bancontact.com payconiq.com twint.ch postfinance.ch saferpay.com datatrans.com computop-paygate.com
    paygate.net unzer.com heidelpay.com payone.com payone.de novalnet.de concardis.com ratepay.com billie.io
    riverty.com gopay.com gopay.cz comgate.cz payu.com payu.cz payu.pl przelewy24.pl blik.com tpay.com dotpay.pl
    paynow.pl thepay.cz gpwebpay.com trustly.com trustly.net swish.nu vipps.no mobilepay.dk nets.eu
    dibspayment.eu quickpay.net bambora.com epay.dk payzen.eu lyra.com payplug.com hipay.com hipay-tpp.com
    systempay.fr monetico-services.com e-transactions.fr redsys.es sermepa.es bizum.es multibanco.pt
    ifthenpay.com nexi.it satispay.com scalapay.com simplepay.hu barion.com alipay.com alipay.com.cn
    wechatpay.com tenpay.com unionpay.com razorpay.com paytm.in paytm.com phonepe.com ccavenue.com billdesk.com
    mercadopago.com mercadopago.com.br mercadopago.com.ar pagseguro.uol.com.br ebanx.com paystack.com
    flutterwave.com paygate.co.za payfast.co.za yookassa.ru cloudpayments.ru robokassa.ru iyzico.com paytr.com
    tap.company hyperpay.com omise.co midtrans.com xendit.co rakutenpay.com paypay.ne.jp afterpay.com.au zip.co
    eway.com.au windcave.com paymentexpress.com 2checkout.com verifone.cloud skrill.com neteller.com
    paysafecard.com bitpay.com coinbase.com coingate.com
"""
PAYMENT = frozenset(_PAYMENT.split())
"""Payment providers, by the site or the host that customers come back from."""

_SUFFIXES = PublicSuffixList()


@lru_cache(_REMEMBERED)
def site_of(host: str) -> str:
    """The registrable domain of a host: shop.co.uk for checkout.shop.co.uk; an address or a bare name is its own."""
    try:
        return str(ip_address(host))
    except ValueError:
        return _SUFFIXES.privatesuffix(host) or host


@lru_cache(_REMEMBERED)
def comes_back(referrer: str, host: str, named: frozenset[str] = frozenset()) -> bool:
    """Whether a customer on a page of `host` who comes from `referrer` was on the way already.

    `named` are the site's own payment and login hosts, met with all hosts under them.
    """
    if not referrer:
        return False
    names = referrer.split(".")
    above = {".".join(names[at:]) for at in range(len(names))}
    return not above.isdisjoint(PAYMENT | named) or (bool(host) and site_of(referrer) == site_of(host))
