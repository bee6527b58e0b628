module.exports = () => require('../temporary.cjs').teardown();
