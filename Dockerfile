# syntax=docker/dockerfile:1
# One image for every role: the server (as it is), `node dist/src/worker.js`, and the tools under dist/src/cli.

FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ormconfig.ts ./
COPY scripts ./scripts
COPY src ./src
COPY migrations ./migrations
COPY test/faults/invariants.sql ./test/faults/
RUN node scripts/build.mjs

FROM node:20-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --no-audit --no-fund

FROM node:20-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/var/lib/tradepost/data \
    KEYS_DIR=/var/lib/tradepost/keys
RUN install -d -m 700 -o node -g node /var/lib/tradepost /var/lib/tradepost/data /var/lib/tradepost/keys
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY deploy/healthcheck.mjs ./deploy/
# The user "node", as a number, so that an orchestrator can tell that it is not root.
USER 1000
VOLUME ["/var/lib/tradepost"]
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "deploy/healthcheck.mjs"]
CMD ["node", "--enable-source-maps", "--max-semi-space-size=8", "--initial-old-space-size=90", "dist/src/main.js"]
