// What is hidden from a softmax by a mask.
// RUN: qcc-opt %s --qcc-raise-batch-norm --split-input-file | FileCheck %s

// Minus infinity and large numbers; others stay numbers that are added.
// CHECK-LABEL: func.func @added
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x3xf32>
// CHECK-DAG:     %[[MASK:.*]] = qgraph.constant dense<[{{.*}}[5.000000e-01, 0.000000e+00, 0.000000e+00], [0.000000e+00, -2.000000e+00, 0.000000e+00], [0.000000e+00, 0.000000e+00, 0.000000e+00]]]>
// CHECK:         %[[S:.*]] = qgraph.add %[[X]], %[[MASK]]
// CHECK:         %[[MIN:.*]] = qgraph.reduce <min> %[[S]] {axes = array<i64: 2>}
// CHECK:         %[[D:.*]] = qgraph.constant dense<-1.600000e+01>
// CHECK-NEXT:    %[[LOW:.*]] = qgraph.add %[[MIN]], %[[D]]
// CHECK-NEXT:    %[[C:.*]] = qgraph.select %[[S]], %[[LOW]] {condition = dense<{{\[\[}}[true, false, false], [true, true, false], [true, true, true]]]>
// CHECK-NEXT:    qgraph.softmax %[[C]]
func.func @added(%x: tensor<2x3x3xf32>) -> tensor<2x3x3xf32> {
  %m = qgraph.constant dense<[[[0.5, -1.0e9, 0xFF800000], [0.0, -2.0, -65504.0], [0.0, 0.0, 0.0]]]> : tensor<1x3x3xf32> -> tensor<1x3x3xf32>
  %0 = qgraph.add %m, %x : (tensor<1x3x3xf32>, tensor<2x3x3xf32>) -> tensor<2x3x3xf32>
  %1 = qgraph.softmax %0 {axis = 2 : i64} : (tensor<2x3x3xf32>) -> tensor<2x3x3xf32>
  return %1 : tensor<2x3x3xf32>
}

// -----

// A mask of nothing but that, and one number chosen, on either side.
// CHECK-LABEL: func.func @chosen
// CHECK-SAME:    %[[X:.*]]: tensor<2x3xf32>
// CHECK:         qgraph.reduce <min> %[[X]]
// CHECK:         %[[A:.*]] = qgraph.select %[[X]], %{{.*}} {condition = dense<{{\[\[}}true, true, false]]>
// CHECK:         qgraph.softmax %[[A]]
// CHECK:         qgraph.reduce <min> %[[X]]
// CHECK:         %[[B:.*]] = qgraph.select %{{[0-9]+}}, %[[X]] {condition = dense<{{\[\[}}true, false, true]]>
// CHECK:         qgraph.softmax %[[B]]
func.func @chosen(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %m = qgraph.constant dense<[[0.0, 0.0, -1.0e30]]> : tensor<1x3xf32> -> tensor<1x3xf32>
  %n = qgraph.constant dense<-1.0e9> : tensor<1x1xf32> -> tensor<1x1xf32>
  %0 = qgraph.add %x, %m : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.softmax %0 {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.select %n, %x {condition = dense<[[true, false, true]]> : tensor<1x3xi1>} : (tensor<1x1xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.softmax %2 {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1, %3 : tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// Small numbers hide nothing; a row that is hidden whole is left as it is.
// CHECK-LABEL: func.func @not_hidden
// CHECK-NOT:     qgraph.select
// CHECK:         return
func.func @not_hidden(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  %m = qgraph.constant dense<[[0.0, -100.0, 3.0]]> : tensor<1x3xf32> -> tensor<1x3xf32>
  %n = qgraph.constant dense<[[0.0, 1.0, 0.0], [-1.0e9, -1.0e9, -1.0e9]]> : tensor<2x3xf32> -> tensor<2x3xf32>
  %0 = qgraph.add %x, %m : (tensor<2x3xf32>, tensor<1x3xf32>) -> tensor<2x3xf32>
  %1 = qgraph.softmax %0 {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = qgraph.add %x, %n : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %3 = qgraph.softmax %2 {axis = 1 : i64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1, %3 : tensor<2x3xf32>, tensor<2x3xf32>
}
