# One file for every service: docker build --build-arg SERVICE=wallet -t ai-orchestrator/wallet .
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-bookworm-slim AS build
WORKDIR /src
ENV CI=true
COPY . .
RUN --mount=type=cache,target=/root/.local/share/pnpm node scripts/run.mjs build
ARG SERVICE
RUN --mount=type=cache,target=/root/.local/share/pnpm node scripts/docker/collect.mjs "${SERVICE}" /out \
  && cp deploy/docker/healthcheck.mjs /out/healthcheck.mjs

FROM node:${NODE_VERSION}-bookworm-slim
ARG SERVICE
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3456 AO_DATA_DIR=/data SERVICE=${SERVICE}
RUN mkdir /data && chown node:node /data
COPY --from=build --chown=root:root /out /app
WORKDIR /app
USER node
VOLUME /data
EXPOSE 3456
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["node", "/app/healthcheck.mjs"]
# The shell only fills in the service's name; exec hands its place, and every signal, to Node.
CMD ["/bin/sh", "-c", "exec node --enable-source-maps apps/${SERVICE}/dist/main.js"]
