module.exports = () => {
  require('../temporary.cjs').setup();
  require('./denials.cjs').setup();
};
