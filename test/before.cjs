module.exports = () => require('./temporary.cjs').setup();
