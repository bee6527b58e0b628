module.exports = require('./denials.cjs').setup;
