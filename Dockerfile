# docker build --tag counterfoil .
# The tag is renewed with each fix of Python's and Debian's. For the same image each time, give the
# digest that you have tried: --build-arg BASE=python:3.11-slim-bookworm@sha256:…
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build
WORKDIR /src
COPY pyproject.toml requirements.lock ./
# uv as it is locked; then, of all that is locked, what the program itself needs. Whatever is not
# locked, or has another hash, or would have to be compiled, is refused. What is kept for another
# time is thrown away with this stage.
# hadolint ignore=DL3042
RUN awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements.lock > uv.lock \
    && pip install --disable-pip-version-check --require-hashes --requirement uv.lock
RUN uv venv --no-python-downloads /opt/counterfoil \
    && uv pip install --python /opt/counterfoil --compile-bytecode --no-build \
        --require-hashes --constraints requirements.lock --requirements pyproject.toml
COPY README.md ./
COPY bot bot
COPY handlers handlers
COPY sandbox sandbox
COPY services services
RUN uv build --wheel --require-hashes --build-constraints requirements.lock --out-dir dist \
    && uv pip install --python /opt/counterfoil --compile-bytecode --no-deps dist/*.whl \
    && mkdir -p /data

FROM ${BASE}
# A number without a name: nothing in here is anybody's, and no supervisor has to look it up.
COPY --from=build --chown=10001:10001 /data /var/lib/counterfoil
COPY --from=build /opt/counterfoil /opt/counterfoil
ENV PATH=/opt/counterfoil/bin:$PATH \
    HOME=/var/lib/counterfoil \
    HOST=0.0.0.0 \
    PORT=3000 \
    LOG_FORMAT=json \
    DATABASE_URL=sqlite:////var/lib/counterfoil/counterfoil.db
WORKDIR /var/lib/counterfoil
USER 10001:10001
EXPOSE 3000
STOPSIGNAL SIGTERM
# Is it alive? Not: can it work (/readyz), which is a question for load balancers: where the
# database is away, no container is mended by being started anew.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; line = http.client.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=4); line.request('GET', '/healthz'); sys.exit(line.getresponse().status != 200)"]
ENTRYPOINT ["counterfoil"]
CMD ["serve"]
