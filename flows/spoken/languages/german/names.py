"""First names many people in Germany have: whoever says one introduces themselves."""

from __future__ import annotations

FIRST_NAMES = frozenset(
    "adelheid agnes alexander alexandra alfred alina alois andrea andreas angela angelika anja anke anna anneliese "
    "annemarie annette annika anton antje armin arno astrid axel barbara bastian beate ben bernd bernhard bettina "
    "birgit björn brigitte britta bruno carina carla carsten charlotte christa christel christian christiane christina "
    "christine christoph clara claudia claus cornelia dagmar daniel daniela david denise dennis detlef diana dieter "
    "dietmar dirk dominik dorothea edith elena elfriede elias elisabeth elke ella ellen emil emilia emma erich erik "
    "erika ernst erwin eva felix finn florian frank franz franziska frieda friedrich gabriele georg gerd gerda gerhard "
    "gertrud gisela günter günther gustav hanna hannah hannelore hannes hans harald hartmut hedwig heidi heike heiko "
    "heiner heinrich heinz helene helga helmut hendrik henning henry herbert hermann hildegard holger horst ida ilse "
    "ingeborg ingo ingrid irene iris irmgard isabell jan jana janina jannik jens joachim jochen johann johanna johannes "
    "jonas jörg josef julia julian jürgen jutta kai karin karl karla karsten katharina kathrin katja katrin kerstin "
    "kevin klara klaus konrad kristin kurt lara lars laura lea leon leonie leo lena lennart lina linus lisa lothar "
    "louis louisa luca luis luise lukas lutz magdalena maike maja manfred manuel manuela marc marcel marco margarete "
    "margot margret maria marianne marie marina mario marion markus marlene marlies martha martin martina mathias "
    "mathilda matthias max maximilian melanie mia michael michaela mila mirko monika moritz nadine nadja nicole niklas "
    "nina noah nora norbert olaf oliver oskar otto pascal patrick paul paula peter petra philipp pia rainer ralf ramona "
    "regina reinhard reinhold renate rita robert roland rolf rosemarie rudolf rüdiger ruth sabine sabrina sandra sara "
    "sarah sascha sebastian siegfried sigrid silke silvia simon simone sofia sonja sophia sophie stefan stefanie steffen "
    "stephan susanne svenja sven tanja theo theresa thomas thorsten tim timo tobias tom torsten udo ulrich ulrike ursula "
    "ute uwe valentin vanessa vera verena veronika volker walter waltraud waltraut werner wilhelm willi wolfgang yvonne".split()
)
