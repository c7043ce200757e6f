# One image for all services; the command says which one runs.
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci --omit=dev && npm run build

FROM node:22-bookworm-slim AS runtime
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/libs libs
COPY --from=build /app/dist dist
COPY scripts/container-health.mjs scripts/
USER node
ENTRYPOINT ["node"]
CMD ["dist/apps/api-gateway/main.js"]
