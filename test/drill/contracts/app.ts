import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, CfnOutput, Stack } from 'aws-cdk-lib/core';
import { Api } from 'cdk-trellis';
import { everythingApi } from './contract.js';

const stack = new Stack(new App(), 'Everything');
const photos = new Bucket(stack, 'Photos');
new CfnOutput(stack, 'PhotosName', { value: photos.bucketName });
new Api(stack, 'Api', {
  contract: everythingApi,
  bind: { photos },
  routes: {
    mirrorPhoto: () => import('./handlers/mirror-photo.js'),
    getReport: () => import('./handlers/get-report.js'),
    placeOrder: () => import('./handlers/place-order.js'),
    changeThing: () => import('./handlers/change-thing.js'),
    startUpload: () => import('./handlers/start-upload.js'),
  },
});
