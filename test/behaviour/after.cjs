module.exports = () => {
  require('../temporary.cjs').teardown();
  require('./denials.cjs').teardown();
};
