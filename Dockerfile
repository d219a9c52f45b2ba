# ws-lint in an image that has nothing else: `docker run --rm --volume "$PWD:/src:ro" ws-lint`.
FROM rust:1.95-alpine3.23 AS build
RUN apk add --no-cache musl-dev=~1
WORKDIR /build
COPY Cargo.toml Cargo.lock build.rs README.md ./
COPY benches benches
COPY rules rules
COPY src src
RUN cargo build --profile dist --locked --bin ws-lint

FROM alpine:3.23
# `--diff-base` asks git; what belongs to the host's user is no danger where nothing of it is run.
RUN apk add --no-cache git=~2 \
    && git config --system --add safe.directory '*' \
    && adduser -D -H -u 10001 ws-lint
COPY --from=build /build/target/dist/ws-lint /usr/local/bin/ws-lint
USER 10001:10001
WORKDIR /src
ENTRYPOINT ["ws-lint"]
