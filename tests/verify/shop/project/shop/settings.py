"""The settings that django-oscar's own guide asks for, and nothing for our sake but the context processor."""

import os
from pathlib import Path

from oscar import INSTALLED_APPS as OSCAR
from oscar.defaults import *  # noqa: F403

HERE = Path(__file__).resolve().parents[1]
FORKED = {
    "oscar.apps.checkout.apps.CheckoutConfig": "shop.checkout.apps.CheckoutConfig",
    "oscar.apps.shipping.apps.ShippingConfig": "shop.shipping.apps.ShippingConfig",
}

SECRET_KEY = "of a shop that sells nothing"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "shop.urls"
SITE_ID = 1
INSTALLED_APPS = [FORKED.get(app, app) for app in OSCAR]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
    "shop.faults.SlowCategory",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form",
                "oscar.apps.checkout.context_processors.checkout",
                "oscar.core.context_processors.metadata",
                "shop.faults.faults",
                "shop.trace.traceparent",
            ]
        },
    }
]
AUTHENTICATION_BACKENDS = ["oscar.apps.customer.auth_backends.EmailBackend"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HERE / "shop.sqlite3",
        "ATOMIC_REQUESTS": True,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL",
        },
    }
}


class _None(dict):
    def __contains__(self, label):
        return True

    def __getitem__(self, label):
        return None


MIGRATION_MODULES = _None()
"""Tables are made from the models: two hundred migrations take a minute."""
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
STATIC_URL, STATIC_ROOT = "/static/", HERE / "static"
MEDIA_URL, MEDIA_ROOT = "/media/", HERE / "media"
USE_TZ = True
TIME_ZONE = "Europe/London"
LANGUAGE_CODE = "en-gb"
USE_THOUSAND_SEPARATOR = True

OSCAR_SHOP_NAME = "Leaf"
OSCAR_DEFAULT_CURRENCY = "GBP"
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_THUMBNAILER = "shop.pictures.Placeholder"

RATES = os.environ.get("SHOP_RATES", "")
"""Where the carrier tells what it takes for a parcel."""
FAULTS = HERE / "faults"
"""A file that names the faults that are on."""
