module.exports = require('./denials.cjs').teardown;
