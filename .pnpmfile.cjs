// The client needs these optional peers only for Prisma's command line; resolved from the root, they would put 200 MB of
// tools into the image of every service.
function readPackage(manifest) {
  if (manifest.name === '@prisma/client') {
    delete manifest.peerDependencies;
    delete manifest.peerDependenciesMeta;
  }
  return manifest;
}

module.exports = { hooks: { readPackage } };
