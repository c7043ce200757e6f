console.log('replaced below');
