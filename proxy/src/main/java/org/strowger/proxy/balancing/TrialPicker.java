package org.strowger.proxy.balancing;

import org.strowger.threading.RunsOn;

/** Gives a trickle of what begins to members on trial ({@link org.strowger.health.Eligibility#TRIAL}), the rest to the others. */
@RunsOn(RunsOn.Runner.ANY)
final class TrialPicker implements Picker {
    private final Picker picker;
    private final int[] onTrial;
    private final TrialGate gate;

    TrialPicker(Picker picker, int[] onTrial, TrialGate gate) {
        this.picker = picker;
        this.onTrial = onTrial;
        this.gate = gate;
    }

    @Override
    public int pick(long keyHash) {
        int trial = trial();
        return trial == NONE ? picker.pick(keyHash) : trial;
    }

    @Override
    public int pickCall(long keyHash, long callId) {
        int trial = trial();
        return trial == NONE ? picker.pickCall(keyHash, callId) : trial;
    }

    @Override
    public int pickOther(long keyHash, Excluded excluded) {
        return picker.pickOther(keyHash, excluded);
    }

    @Override
    public int pickOtherCall(long keyHash, long callId, Excluded excluded) {
        return picker.pickOtherCall(keyHash, callId, excluded);
    }

    @Override
    public int repeat(long keyHash) {
        return picker.repeat(keyHash);
    }

    @Override
    public int stay(long keyHash, int diverted) {
        return picker.stay(keyHash, diverted);
    }

    /** Leaves out the trickle: which message it takes is a matter of the moment. */
    @Override
    public Explained explain(long keyHash) {
        return picker.explain(keyHash);
    }

    @Override
    public Explained explainCall(long keyHash) {
        return picker.explainCall(keyHash);
    }

    @Override
    public double score(int member) {
        return picker.score(member);
    }

    private int trial() {
        long pass = gate.pass();
        return pass == 0 ? NONE : onTrial[Mix.place(Mix.of(pass), onTrial.length)] | REMEMBER;
    }
}
