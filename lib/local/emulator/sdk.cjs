// Provides the AWS SDK of Lambda's Node.js runtimes to code that does not bring it: imports are resolved in its folder
// last, after the code and its layers. https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html#nodejs-sdk-included
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const OF_SDK = /^@(aws-sdk|smithy|aws-crypto|aws)\//;

const EXPLAINED = "Lambda's runtime has it.";

/** @param {string} file that names the folder */
module.exports = function provideSdk(file) {
  const folder = fs.existsSync(file) && JSON.parse(fs.readFileSync(file, 'utf8')).folder;
  const parent = folder && path.join(folder, 'index.js');

  const explain = (error, name) => {
    // Asked once as a CommonJS module, and once by the hook.
    const isExplained = error.message.includes(EXPLAINED);
    if (!isExplained && /^(ERR_)?MODULE_NOT_FOUND$/.test(error.code))
      error.message = `${error.message}\n${EXPLAINED} The local cloud installs the packages of the AWS SDK that it finds in the code of the app by name when it is deployed: write '${name}' where it is imported, or bundle it.`;
    return error;
  };

  const resolveFilename = Module._resolveFilename;
  Module._resolveFilename = function (request, ...rest) {
    try {
      return resolveFilename.call(this, request, ...rest);
    } catch (error) {
      if (!OF_SDK.test(request)) throw error;
      try {
        if (folder) return resolveFilename.call(this, request, null, false, { paths: [folder] });
      } catch {}
      throw explain(error, request);
    }
  };
  Module.registerHooks?.({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (!OF_SDK.test(specifier)) throw error;
        try {
          if (folder) return next(specifier, { ...context, parentURL: pathToFileURL(parent).href });
        } catch {}
        throw explain(error, specifier);
      }
    },
  });
};
