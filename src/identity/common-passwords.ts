/** The words that most guessed passwords of twelve and more characters are made of, in lower case. */
export const commonPasswords: ReadonlySet<string> = new Set(
  `password passwort passw0rd p@ssword p@ssw0rd passwordpassword mypassword newpassword password1234 welcome
  welcometo welcomewelcome letmein letmeinplease iloveyou iloveyouforever iloveyouiloveyou qwerty qwertyuiop
  qwertyuiopasdf qwertyqwerty asdfghjkl asdfghjklzxcvbnm zxcvbnm qwertyuiopasdfghjklzxcvbnm 1q2w3e4r 1q2w3e4r5t
  1q2w3e4r5t6y q1w2e3r4t5y6 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 zaq12wsx abcdefghijkl abcdefgh abcdef abc abcd
  administrator administrator1 administration changeme changemenow changeit secret secretsecret topsecret
  supersecret default defaultpassword temporary temporarypassword testtesttest testing testpassword test
  monkey monkeymonkey dragon dragondragon sunshine sunshinesunshine princess football baseball superman
  batman master mastermaster shadow michael jennifer jordan trustno1 starwars computer internet whatever
  computercomputer samsung liverpool manchester chelsea arsenal barcelona juventus google facebook microsoft
  procurement purchasing supplier suppliers supplierportal procurementportal portal portico porticoportico
  company companypassword shanghai beijing qingdao guangzhou shenzhen china chinachina zhongguo woaini
  woaini1314 woaini5201314 woaini520 aini1314 a123456789 aa123456 aa123456789 qq123456 qq123456789 wang1234
  correcthorsebatterystaple correct horse battery staple opensesame summer winter spring autumn january
  february march april may june july august september october november december monday tuesday wednesday
  thursday friday saturday sunday hello hellohello helloworld goodmorning nothing nopassword guest guestguest
  asdf asdfasdf asdfasdfasdf zxcvbn zxcvzxcv qazwsx qazwsxedc qazwsxedcrfv poiuytrewq mnbvcxz lkjhgfdsa
  000000000000 111111111111 123456789012 1234567890123 12345678901234 123412341234 123123123123 121212121212
  112233445566 123321123321 147258369147 987654321012 098765432109 102030405060 666666666666 888888888888
  520131452013 5201314520 13141314 0123456789ab 123456abcdef abcdef123456 abc123abc123 123abc123abc`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
