# One process with SQLite in /data, or with PostgreSQL by DATABASE_URL. Tokens come from the environment, never into the image.
FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/strillone \
    && /opt/strillone/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE THIRD_PARTY_NOTICES.md CHANGELOG.md ./
COPY bot bot
COPY config config
RUN /opt/strillone/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin strillone \
    && install --directory --owner=strillone --group=strillone --mode=0700 /data
COPY --from=build /opt/strillone /opt/strillone
ENV PATH=/opt/strillone/bin:$PATH STRILLONE_DATA=/data PYTHONUNBUFFERED=1
WORKDIR /data
USER 10001
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=150s CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ.get('PORT', '8080')}/healthz\", timeout=4)"]
CMD ["strillone", "run"]
