// Ops with the arithmetic of other runtimes' kernels; expected values are
// worked out by hand from the rules under "Kernels of TensorFlow Lite".
// RUN: qcc-opt %s --check-run-reference

// Parts 1/2 and 1/4 of codes times 2^20, their sum times 2^-20: 255/2 - 4/4.
func.func @rescaled_add() {
  %a = qint.constant dense<[-128, 127, 3, -3]> : tensor<4xi8> -> tensor<4xi8>
  %b = qint.constant dense<[4, -128, 6, -2]> : tensor<4xi8> -> tensor<4xi8>
  %r = qint.rescaled_add %a, %b {lhs_zero_point = 0 : i32, rhs_zero_point = 4 : i32, left_shift = 20 : i32,
      lhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = double, zero_point = 0, min = -2147483648, max = 2147483647>,
      rhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = double, zero_point = 0, min = -2147483648, max = 2147483647>,
      rescale = #qint.rescale<multipliers = [1073741824], shifts = [50], rounding = double, zero_point = -1, min = -60, max = 127>}
      : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  // -64; 63.5 - 33; 1.5 + 0.5; -1.5 - 1.5, each less 1 and at least -60.
  check.expect_eq %r, dense<[-60, 30, 1, -4]> : tensor<4xi8>
  %s = qint.rescaled_add %a, %b {subtract, lhs_zero_point = 0 : i32, rhs_zero_point = 4 : i32, left_shift = 20 : i32,
      lhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [31], rounding = single, zero_point = 0, min = -2147483648, max = 2147483647>,
      rhs_rescale = #qint.rescale<multipliers = [1073741824], shifts = [32], rounding = single, zero_point = 0, min = -2147483648, max = 2147483647>,
      rescale = #qint.rescale<multipliers = [1073741824], shifts = [50], rounding = single, zero_point = -1, min = -128, max = 127>}
      : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  // -64; 96.5 (up); 1; 0, each less 1.
  check.expect_eq %s, dense<[-65, 96, 0, -1]> : tensor<4xi8>
  return
}

// Two equal elements share 1; one far below gets nothing.
func.func @softmax() {
  %x = qint.constant dense<[[5, 5, -128]]> : tensor<1x3xi8> -> tensor<1x3xi8>
  %m = qint.constant dense<5> : tensor<1x1xi8> -> tensor<1x1xi8>
  %e = qint.constant dense<"0xFFFFFF7F000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"> : tensor<256xi32> -> tensor<256xi32>
  %s = qint.constant dense<1048576> : tensor<1x1xi32> -> tensor<1x1xi32>
  %r = qint.softmax %x, %m, %s, %e {zero_point = -128 : i32, min = -128 : i32, max = 127 : i32} : (tensor<1x3xi8>, tensor<1x1xi8>, tensor<1x1xi32>, tensor<256xi32>) -> tensor<1x3xi8>
  check.expect_eq %r, dense<[[0, 0, -128]]> : tensor<1x3xi8>
  %t = qint.constant dense<7> : tensor<256xi32> -> tensor<256xi32>
  %u = qint.exp_sum %x, %m, %t : (tensor<1x3xi8>, tensor<1x1xi8>, tensor<256xi32>) -> tensor<1x1xi32>
  check.expect_eq %u, dense<21> : tensor<1x1xi32>
  return
}

// log 1/2 in sixteenths is -11.09; the far element has the least code.
func.func @log_softmax() {
  %x = qint.constant dense<[[5, 5, 4]]> : tensor<1x3xi8> -> tensor<1x3xi8>
  %m = qint.constant dense<5> : tensor<1x1xi8> -> tensor<1x1xi8>
  %t = qint.constant dense<0> : tensor<256xi32> -> tensor<256xi32>
  %far = qint.constant dense<-1610612736> : tensor<256xi32> -> tensor<256xi32>
  %s = qint.constant dense<1048576> : tensor<1x1xi32> -> tensor<1x1xi32>
  %r = qint.log_softmax %x, %m, %s, %t {zero_point = 127 : i32, min = -128 : i32, max = 127 : i32} : (tensor<1x3xi8>, tensor<1x1xi8>, tensor<1x1xi32>, tensor<256xi32>) -> tensor<1x3xi8>
  check.expect_eq %r, dense<116> : tensor<1x3xi8>
  %u = qint.log_softmax %x, %m, %s, %far {zero_point = 127 : i32, min = -128 : i32, max = 127 : i32} : (tensor<1x3xi8>, tensor<1x1xi8>, tensor<1x1xi32>, tensor<256xi32>) -> tensor<1x3xi8>
  check.expect_eq %u, dense<-128> : tensor<1x3xi8>
  return
}

// 3/5, 4/5 and -5/5 in units of 1/128; a sum of 0 counts as 1.
func.func @normalize() {
  %x = qint.constant dense<[[4, 5, -4]]> : tensor<1x3xi8> -> tensor<1x3xi8>
  %s = qint.constant dense<25> : tensor<1x1xi32> -> tensor<1x1xi32>
  %r = qint.normalize %x, %s {input_zero_point = 1 : i32, rounding = #qint.rounding<double>, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<1x3xi8>, tensor<1x1xi32>) -> tensor<1x3xi8>
  check.expect_eq %r, dense<[[77, 102, -128]]> : tensor<1x3xi8>
  %z = qint.constant dense<0> : tensor<1x1xi32> -> tensor<1x1xi32>
  %u = qint.normalize %x, %z {input_zero_point = 4 : i32, rounding = #qint.rounding<single>, zero_point = 0 : i32, min = -128 : i32, max = 127 : i32} : (tensor<1x3xi8>, tensor<1x1xi32>) -> tensor<1x3xi8>
  check.expect_eq %u, dense<[[0, 127, -128]]> : tensor<1x3xi8>
  return
}

// The reciprocal of powers of two is a bit too small: 5/2 is 3, -5/2 is -2;
// quotients by 0.
func.func @div() {
  %a = qint.constant dense<[5, -5, 5, -5, 0, 96]> : tensor<6xi8> -> tensor<6xi8>
  %b = qint.constant dense<[2, 2, 0, 0, 0, -4]> : tensor<6xi8> -> tensor<6xi8>
  %t = qint.constant dense<2147483647> : tensor<256xi32> -> tensor<256xi32>
  %r = qint.div %a, %b, %t {lhs_zero_point = 0 : i32, rhs_zero_point = 0 : i32, multiplier = 1073741824 : i32, exponent = 1 : i32, rounding = #qint.rounding<double>, zero_point = 1 : i32, min = -100 : i32, max = 101 : i32} : (tensor<6xi8>, tensor<6xi8>, tensor<256xi32>) -> tensor<6xi8>
  check.expect_eq %r, dense<[4, -1, 101, -100, 1, -23]> : tensor<6xi8>
  return
}

// Points 3 i - 700: code 0 is at point 256, 64 codes are half a step.
func.func @interpolate() {
  %x = qint.constant dense<[-32768, -1, 0, 21, 22, 64, 32767]> : tensor<7xi16> -> tensor<7xi16>
  %t = qint.constant dense<"0x44FD47FD4AFD4DFD50FD53FD56FD59FD5CFD5FFD62FD65FD68FD6BFD6EFD71FD74FD77FD7AFD7DFD80FD83FD86FD89FD8CFD8FFD92FD95FD98FD9BFD9EFDA1FDA4FDA7FDAAFDADFDB0FDB3FDB6FDB9FDBCFDBFFDC2FDC5FDC8FDCBFDCEFDD1FDD4FDD7FDDAFDDDFDE0FDE3FDE6FDE9FDECFDEFFDF2FDF5FDF8FDFBFDFEFD01FE04FE07FE0AFE0DFE10FE13FE16FE19FE1CFE1FFE22FE25FE28FE2BFE2EFE31FE34FE37FE3AFE3DFE40FE43FE46FE49FE4CFE4FFE52FE55FE58FE5BFE5EFE61FE64FE67FE6AFE6DFE70FE73FE76FE79FE7CFE7FFE82FE85FE88FE8BFE8EFE91FE94FE97FE9AFE9DFEA0FEA3FEA6FEA9FEACFEAFFEB2FEB5FEB8FEBBFEBEFEC1FEC4FEC7FECAFECDFED0FED3FED6FED9FEDCFEDFFEE2FEE5FEE8FEEBFEEEFEF1FEF4FEF7FEFAFEFDFE00FF03FF06FF09FF0CFF0FFF12FF15FF18FF1BFF1EFF21FF24FF27FF2AFF2DFF30FF33FF36FF39FF3CFF3FFF42FF45FF48FF4BFF4EFF51FF54FF57FF5AFF5DFF60FF63FF66FF69FF6CFF6FFF72FF75FF78FF7BFF7EFF81FF84FF87FF8AFF8DFF90FF93FF96FF99FF9CFF9FFFA2FFA5FFA8FFABFFAEFFB1FFB4FFB7FFBAFFBDFFC0FFC3FFC6FFC9FFCCFFCFFFD2FFD5FFD8FFDBFFDEFFE1FFE4FFE7FFEAFFEDFFF0FFF3FFF6FFF9FFFCFFFFFF0200050008000B000E001100140017001A001D0020002300260029002C002F003200350038003B003E004100440047004A004D0050005300560059005C005F006200650068006B006E007100740077007A007D0080008300860089008C008F009200950098009B009E00A100A400A700AA00AD00B000B300B600B900BC00BF00C200C500C800CB00CE00D100D400D700DA00DD00E000E300E600E900EC00EF00F200F500F800FB00FE000101040107010A010D0110011301160119011C011F012201250128012B012E013101340137013A013D0140014301460149014C014F015201550158015B015E016101640167016A016D0170017301760179017C017F018201850188018B018E019101940197019A019D01A001A301A601A901AC01AF01B201B501B801BB01BE01C101C401C701CA01CD01D001D301D601D901DC01DF01E201E501E801EB01EE01F101F401F701FA01FD0100020302060209020C020F021202150218021B021E022102240227022A022D0230023302360239023C023F024202450248024B024E025102540257025A025D0260026302660269026C026F027202750278027B027E028102840287028A028D0290029302960299029C029F02A202A502A802AB02AE02B102B402B702BA02BD02C002C302C602C902CC02CF02D202D502D802DB02DE02E102E402E702EA02ED02F002F302F602F902FC02FF020203050308030B030E031103140317031A031D0320032303260329032C032F033203350338033B033E0341034403"> : tensor<513xi16> -> tensor<513xi16>
  %r = qint.interpolate %x, %t : (tensor<7xi16>, tensor<513xi16>) -> tensor<7xi16>
  // -700; 65 + 3; 68; 0.49, 0.52 and 1.5 more; 833 + 2.98.
  check.expect_eq %r, dense<[-700, 68, 68, 68, 69, 70, 836]> : tensor<7xi16>
  return
}

// All points are 40000 of 65536; beyond the table it is all.
func.func @sigmoid() {
  %x = qint.constant dense<[0, 130559, -1, 130560, -1000000]> : tensor<5xi32> -> tensor<5xi32>
  %t = qint.constant dense<40000> : tensor<256xi32> -> tensor<256xi32>
  %r = qint.sigmoid %x, %t : (tensor<5xi32>, tensor<256xi32>) -> tensor<5xi16>
  check.expect_eq %r, dense<[20000, 20000, 12768, 32767, 1]> : tensor<5xi16>
  %u = qint.sigmoid %x, %t {tanh} : (tensor<5xi32>, tensor<256xi32>) -> tensor<5xi16>
  check.expect_eq %u, dense<[7232, 32767, -7232, 32767, -32767]> : tensor<5xi16>
  return
}

// A reciprocal of 1/2: quarters of 2^15 as the sum is 2^16.
func.func @share() {
  %x = qint.constant dense<[[32767, 2, 1]]> : tensor<1x3xi16> -> tensor<1x3xi16>
  %s = qint.constant dense<65536> : tensor<1x1xi32> -> tensor<1x1xi32>
  %t = qint.constant dense<16384> : tensor<513xi16> -> tensor<513xi16>
  %r = qint.share %x, %s, %t : (tensor<1x3xi16>, tensor<1x1xi32>, tensor<513xi16>) -> tensor<1x3xi16>
  check.expect_eq %r, dense<[[8192, 1, 0]]> : tensor<1x3xi16>
  return
}
