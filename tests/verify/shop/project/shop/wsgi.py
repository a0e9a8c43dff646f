"""The shop for gunicorn; files are served beside Django, as a web server in front would."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from whitenoise import WhiteNoise

django = get_wsgi_application()
application = WhiteNoise(django, root=settings.STATIC_ROOT, prefix=settings.STATIC_URL, max_age=3600)
