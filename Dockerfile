FROM node:22.23.3-bookworm-slim AS build
WORKDIR /uplift
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && chmod +x dist/client/cli/main.js && npm prune --omit=dev

FROM node:22.23.3-bookworm-slim
WORKDIR /uplift
COPY --from=build /uplift/package.json ./
COPY --from=build /uplift/node_modules node_modules
COPY --from=build /uplift/dist dist
COPY --from=build /uplift/examples examples
# A new volume takes over whose the folder is that it is mounted on.
RUN ln -s /uplift/dist/client/cli/main.js /usr/local/bin/uplift && install -d -o 1000 -g 1000 -m 700 /data
ENV UPLIFT_DATA=/data
USER 1000:1000
CMD ["uplift", "up"]
